import type { ComparedLevel } from '@plimsoll/application';
import { scatterChart } from '../scatter-chart.js';
import { levelLabel } from './level-label.js';

/** Half a 95 % interval in standard errors. */
const HALF_INTERVAL = 1.96;

/** Divergence against bytes with the Pareto front. Empty when quality was not measured. */
export function qualitySection(levels: readonly ComparedLevel[]): string {
  const points = levels.flatMap((level) =>
    level.quality === null || level.bytes === null
      ? []
      : [
          {
            label: levelLabel(level),
            x: level.bytes,
            y: level.quality.meanKld,
            error: level.quality.meanKldStandardError * HALF_INTERVAL,
            onFront: level.paretoOptimal,
          },
        ],
  );
  if (points.length === 0) return '';
  const bound = levels.find(({ quality }) => quality?.coverage.kind === 'top-k')?.quality?.coverage;
  const least =
    bound?.kind === 'top-k'
      ? ` The server tells only the ${bound.k} most likely tokens, so these are lower bounds; ${(bound.missingMass * 100).toPrecision(2)} % of the probability was not seen.`
      : '';
  return `<h2>Quality against bytes</h2><p class="quiet">Mean KL divergence from the reference, in nats: lower is closer.${least} Bars are 95 % intervals; the dashed line joins the levels that no other beats in both. The axis grows with the square root, so that small differences can be seen.</p>${scatterChart(points, 'mean KL divergence')}`;
}
