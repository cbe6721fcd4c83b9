import { formatBytes, quantizationName } from '@plimsoll/domain';
import type { GovernorDecision } from '@plimsoll/domain';
import type { Simulation } from './simulate.js';

const WIDTH = 960;
const HEIGHT = 320;
const LEFT = 78;
const RIGHT = 26;
const TOP = 44;
const BOTTOM = 34;
const HULLS = ['#0b6e99', '#3f9bbf', '#7fbfd6', '#b5dbe8'];

/**
 * A run as a picture: what others hold as water, our models as hulls upon it, the load line at what the device has, and
 * a mark for each decision. A whole SVG that needs nothing else.
 */
export function simulationPicture(simulation: Simulation): string {
  const { trace, samples, decisions } = simulation;
  const most = Math.max(
    trace.deviceBytes * 1.12,
    ...samples.map(({ foreignBytes, modelBytes }) => foreignBytes + sum(modelBytes)),
  );
  const x = (atMs: number): number => LEFT + (atMs / trace.durationMs) * (WIDTH - LEFT - RIGHT);
  const y = (bytes: number): number => HEIGHT - BOTTOM - (bytes / most) * (HEIGHT - TOP - BOTTOM);
  const layers = [
    area(
      samples.map(({ atMs, foreignBytes }) => ({ x: x(atMs), low: y(0), high: y(foreignBytes) })),
      '#9aa7b4',
    ),
    ...trace.models.map((_, index) => {
      const points = samples.map(({ atMs, foreignBytes, modelBytes }) => {
        const below = foreignBytes + sum(modelBytes.slice(0, index));
        return { x: x(atMs), low: y(below), high: y(below + (modelBytes[index] ?? 0)) };
      });
      return area(points, HULLS[index % HULLS.length] ?? '#0b6e99');
    }),
  ];
  const line = y(trace.deviceBytes);
  const title = `${trace.name}: ${simulation.policy}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fbfcfd"/>`,
    `<text x="${LEFT}" y="20" font-size="15" font-weight="650" fill="#17212b">${escape(title)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="20" text-anchor="end" fill="#5b6875">${escape(legend(simulation))}</text>`,
    ...layers,
    ...decisions.map((decision) => mark(decision, simulation, x, y)),
    `<path d="M${LEFT} ${n(line)}H${WIDTH - RIGHT}" stroke="#b3261e" stroke-width="2"/>`,
    `<circle cx="${LEFT}" cy="${n(line)}" r="7" fill="none" stroke="#b3261e" stroke-width="2"/>`,
    `<text x="${LEFT - 12}" y="${n(line + 4)}" text-anchor="end" fill="#17212b">${formatBytes(trace.deviceBytes)}</text>`,
    ...minutes(trace.durationMs).map(
      (minute) =>
        `<text x="${n(x(minute * 60_000))}" y="${HEIGHT - 12}" text-anchor="middle" fill="#5b6875">${minute} min</text>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

interface Slice {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Of neighbouring slices of the same heights only the first and last are drawn. */
function area(slices: readonly Slice[], colour: string): string {
  const needed = slices.filter(({ low, high }, index) => {
    const [before, after] = [slices[index - 1], slices[index + 1]];
    return before?.low !== low || before.high !== high || after?.low !== low || after.high !== high;
  });
  const top = needed.map(({ x, high }) => `${n(x)} ${n(high)}`);
  const bottom = [...needed].reverse().map(({ x, low }) => `${n(x)} ${n(low)}`);
  return `<path d="M${[...top, ...bottom].join('L')}Z" fill="${colour}"/>`;
}

function mark(
  decision: GovernorDecision,
  { trace }: Simulation,
  x: (atMs: number) => number,
  y: (bytes: number) => number,
): string {
  const up = decision.direction === 'up';
  const [cx, cy] = [x(decision.atMs), y(trace.deviceBytes * 1.06)];
  const tip = up ? -6 : 6;
  const colour = up ? '#1a7f4b' : '#b45309';
  const words = escape(`${minute(decision.atMs)} ${decision.rule}: ${actionWords(decision, trace)}`);
  return `<path d="M${n(cx - 5)} ${n(cy - tip / 2)}h10l-5 ${n(tip)}Z" fill="${colour}"><title>${words}</title></path>`;
}

/** What a decision does, in words. */
export function actionWords({ action }: GovernorDecision, trace: Simulation['trace']): string {
  switch (action.kind) {
    case 'drop-idle-cache':
      return `drop the idle cache of ${action.model}`;
    case 'unload':
      return `unload ${action.model}`;
    case 'limit-concurrency':
      return action.to === null ? `${action.model}: all sequences again` : `${action.model}: ${action.to} at once`;
    case 'switch': {
      const rung = trace.models.find(({ name }) => name === action.model)?.ladder[action.to];
      if (rung === undefined) return `switch ${action.model}`;
      const { quantization, keyCacheType } = rung.point;
      return `${action.model} to ${quantizationName(quantization)} with ${keyCacheType} cache`;
    }
  }
}

function legend({ trace, score }: Simulation): string {
  const loss = score.meanLoss === null ? 'no answer' : `mean loss ${score.meanLoss.toFixed(3)}`;
  const names = trace.models.map(({ name }) => name).join(', ');
  return `grey: other programs · blue: ${names} · ${score.lost} lost, ${score.overLineSeconds} s over the line, ${loss}`;
}

const minute = (atMs: number): string =>
  `${Math.floor(atMs / 60_000)}:${String(Math.floor(atMs / 1000) % 60).padStart(2, '0')}`;
const minutes = (durationMs: number): readonly number[] => {
  const step = Math.max(1, Math.ceil(durationMs / 60_000 / 9 / 5) * 5);
  return Array.from({ length: Math.floor(durationMs / 60_000 / step) + 1 }, (_, index) => index * step);
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const n = (value: number): string => String(Math.round(value * 10) / 10);
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
