import type { PrecisionPlan, PrecisionVerdict } from '@plimsoll/application';
import { TENSOR_TYPES, formatBytes, type TensorType } from '@plimsoll/domain';
import { COMPARISON_STYLE } from './comparison-style.js';
import { BASE_STYLE, escapeHtml, page, readableNumber } from './html.js';
import { LAYER_MAP_STYLE, layerMap } from './layer-map.js';
import { sizeChart } from './size-chart.js';
import { withoutFolders } from './without-folders.js';

/** A recipe, and how it fared where it was judged. */
export interface RecipeReportInput {
  readonly model: string;
  readonly plan: PrecisionPlan;
  readonly verdict: PrecisionVerdict | null;
}

/** A recipe as one self-contained HTML page: types by layer, what each tensor is worth, and other sizes. */
export function recipeReport({ model, plan, verdict }: RecipeReportInput): string {
  const { groups, entries, sizes, fileBytes, bitsPerWeight } = plan;
  const name = withoutFolders(model);
  const bits = entries.map(({ type }) => bitsOf(type));
  const [least, most] = [Math.min(...bits), Math.max(...bits)];
  const alone = groups.flatMap(({ tensors, sensitivity }) =>
    tensors.map((tensor) => ({ tensor, loss: sensitivity / tensors.length })),
  );
  const logs = alone.flatMap(({ loss }) => (loss > 0 ? [Math.log(loss)] : []));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const types = entries.map(({ tensor, type }) => ({
    ...{ tensor, text: type },
    strength: most > least ? (bitsOf(type) - least) / (most - least) : 0.5,
  }));
  const worth = alone.map(({ tensor, loss }) => ({
    ...{ tensor, text: loss > 0 ? readableNumber(loss * 1000, 2) : '0' },
    strength: loss > 0 && high > low ? (Math.log(loss) - low) / (high - low) : 0,
  }));
  const predicted = [
    { name: 'presets with the importance matrix', points: sizes.presets },
    { name: 'recipes', points: sizes.recipes },
    { name: 'this recipe', points: [{ label: 'this recipe', bytes: fileBytes, loss: plan.predictedLoss }] },
  ];
  const body = [
    `<h1>${escapeHtml(name)}: types by measurement</h1>`,
    `<p class="quiet">${formatBytes(fileBytes)}, ${bitsPerWeight.toFixed(2)} bits per weight, after ${plan.evaluations} measurements.</p>`,
    `<p class="lead">${escapeHtml(verdictSentence(plan, verdict))}</p>`,
    '<h2>Types by layer</h2>',
    layerMap(types, 'The more bits, the darker'),
    '<h2>What each tensor is worth</h2>',
    '<p>Mean KL divergence from the source, in thousandths of a nat, with that tensor alone at three bits and all others as they were. Tensors that were measured together share what they lost.</p>',
    layerMap(worth, 'The more it loses, the darker, by the logarithm'),
    '<h2>Other sizes</h2>',
    '<p>As the measurements predict them; only this recipe and its preset were made and judged.</p>',
    sizeChart(predicted, 'Mean KL divergence from the source, nats'),
  ];
  return page(`Plimsoll: a recipe for ${name}`, BASE_STYLE + COMPARISON_STYLE + LAYER_MAP_STYLE, body.join('\n'));
}

function verdictSentence({ preset, predictedLoss }: PrecisionPlan, verdict: PrecisionVerdict | null): string {
  if (verdict === null) return `Predicted to stray ${readableNumber(predictedLoss)} nats per token; not judged.`;
  const own = `On text that was not used for choosing it strays ${readableNumber(verdict.loss)} nats per token`;
  if (preset === null || verdict.presetLoss === null) return `${own}; no preset is as small.`;
  const change = Math.round((verdict.loss / verdict.presetLoss - 1) * 100);
  const held = `${preset.level}, at ${formatBytes(preset.fileBytes)}, ${readableNumber(verdict.presetLoss)}`;
  return `${own}; ${held} (${change > 0 ? '+' : '−'}${Math.abs(change)} %).${verdict.keeps ? '' : ' The preset is better, and was made instead.'}`;
}

function bitsOf(type: TensorType): number {
  const { blockBytes, blockWeights } = TENSOR_TYPES[type];
  return (blockBytes * 8) / blockWeights;
}
