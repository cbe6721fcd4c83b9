import { cacheName, formatBytes, grouped } from '@plimsoll/domain';
import type { Fit, MemoryUse, Placement, Plan, PlanCandidate } from '@plimsoll/domain';
import { escapeHtml, readableNumber } from '../html.js';
import { longestContext, speedWords } from './words.js';

interface Column {
  readonly title: string;
  readonly text: (candidate: PlanCandidate, plan: Plan) => string;
  /** Left out when no candidate has anything to say. */
  readonly only?: (plan: Plan) => boolean;
}

const FITS: Readonly<Record<Fit, string>> = { full: 'yes', partial: 'in part', none: 'no' };

const everywhere = ({ footprint }: PlanCandidate, key: keyof MemoryUse): number =>
  footprint.devices.reduce((sum, use) => sum + (use[key] ?? 0), footprint.host[key] ?? 0);

const onDevices = ({ footprint }: PlanCandidate): number =>
  footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);

const percent = (value: number | null): string => (value === null ? '–' : `${readableNumber(value * 100)} %`);

const COLUMNS: readonly Column[] = [
  { title: 'level', text: ({ level }) => level },
  {
    title: 'cache types',
    text: ({ shape }) => cacheName(shape),
    only: ({ candidates }) => new Set(candidates.map(({ shape }) => cacheName(shape))).size > 1,
  },
  { title: 'weights', text: (candidate) => formatBytes(everywhere(candidate, 'weightsBytes')) },
  { title: 'KV cache', text: (candidate) => formatBytes(everywhere(candidate, 'kvCacheBytes')) },
  {
    title: 'recurrent state',
    text: (candidate) => formatBytes(everywhere(candidate, 'recurrentStateBytes')),
    only: ({ candidates }) => candidates.some((candidate) => everywhere(candidate, 'recurrentStateBytes') > 0),
  },
  { title: 'compute', text: (candidate) => formatBytes(everywhere(candidate, 'computeBytes')) },
  {
    title: 'beside',
    text: (candidate) => formatBytes(everywhere(candidate, 'companionBytes')),
    only: ({ candidates }) => candidates.some((candidate) => everywhere(candidate, 'companionBytes') > 0),
  },
  {
    title: 'learned',
    text: ({ overheadBytes }) => formatBytes(overheadBytes),
    only: ({ candidates }) => candidates.some(({ overheadBytes }) => overheadBytes !== 0),
  },
  {
    title: 'on device',
    text: (candidate) => formatBytes(onDevices(candidate)),
    only: ({ budget }) => budget.devices.length > 0,
  },
  { title: 'on host', text: ({ footprint }) => formatBytes(footprint.host.totalBytes) },
  { title: 'total', text: ({ footprint, overheadBytes }) => formatBytes(footprint.totalBytes + overheadBytes) },
  { title: 'fits', text: ({ fit }) => FITS[fit] },
  { title: 'short by', text: ({ shortBytes }) => (shortBytes === 0 ? '–' : formatBytes(shortBytes)) },
  {
    title: 'layers on device',
    text: ({ shape }) => layersText(shape.placement),
    only: ({ budget }) => budget.devices.length > 0,
  },
  { title: 'longest context', text: (candidate, plan) => contextText(longestContext(plan, candidate)) },
  { title: 'decode tok/s', text: ({ expected }) => speedWords(expected.decodeTokensPerSecond) },
  { title: 'prefill tok/s', text: ({ expected }) => speedWords(expected.prefillTokensPerSecond) },
  { title: 'speed from', text: ({ expected }) => expected.decodeTokensPerSecond.source },
  { title: 'perplexity', text: ({ expected }) => increase(expected.quality.perplexityIncrease) },
  { title: 'mean KLD', text: ({ expected }) => readableNumber(expected.quality.meanKld) },
  { title: 'same top token', text: ({ expected }) => percent(expected.quality.sameTopToken) },
  { title: 'quality from', text: ({ expected }) => expected.quality.source },
  { title: 'unbeaten', text: ({ pareto }) => (pareto ? 'yes' : '–') },
  {
    title: 'variant',
    text: ({ variant }) => (variant.status === 'local' ? 'here' : variant.status),
    only: ({ candidates }) => candidates.some(({ variant }) => variant.status !== 'unknown'),
  },
];

const layersText = ({ gpuLayers, expertLayersOnHost }: Placement): string =>
  `${gpuLayers}${expertLayersOnHost > 0 ? `, experts of ${expertLayersOnHost} in RAM` : ''}`;

const contextText = (tokens: number | null): string => (tokens === null ? 'none' : grouped(tokens));
const increase = (value: number | null): string =>
  value === null || value <= 0 ? percent(value) : `+${percent(value)}`;

/** Every number of a plan. */
export function planTable(plan: Plan): string {
  const columns = COLUMNS.filter(({ only }) => only === undefined || only(plan));
  const head = columns.map(({ title }) => `<th scope="col">${title}</th>`).join('');
  const rows = plan.candidates.map((candidate) => {
    const [first = '', ...rest] = columns.map(({ text }) => escapeHtml(text(candidate, plan)));
    const cells = rest.map((text) => `<td>${text}</td>`).join('');
    const chosen = candidate === plan.recommended?.candidate ? ' chosen' : '';
    return `<tr class="${candidate.fit}${chosen}"><th scope="row">${first}</th>${cells}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
