import { TYPICAL_HOST } from '@plimsoll/domain';
import { alternativeWords, type CandidateDocument, type PlanDocument } from '@plimsoll/contract';
import { UNKNOWN, formatBytes, formatCount, formatNumber, formatPercent } from '../../output/format.js';
import { parameterCount } from '../../output/parameter-count.js';
import type { Style } from '../../output/style.js';
import { renderTable, type Column } from '../../output/table.js';
import { hasCompanions, nextStep } from './plan.next-step.js';
import type { PlanSubject } from './plan.next-step.js';
import { divergenceNotes, exactCell, fitCell, lossCell, speedCell } from './plan.cells.js';

/** A plan for people: model, machine, what to take and why, what else, what to type next, and the levels as a table. */
export function renderPlan(document: PlanDocument, subject: PlanSubject, style: Style, width: number | null): string {
  const { recommended, exact } = document;
  const table = [
    renderCandidates(document, style, width),
    ...divergenceNotes(shownCandidates(document)),
    ...(exact === undefined ? [] : exactLines(exact)),
  ];
  const machine = [
    modelLine(document, style),
    ...budgetLines(document),
    ...cardLine(document),
    ...ramLine(document),
    '',
  ];
  if (recommended === null) {
    const obstacles = document.obstacles.map((text) => `  ${text}`);
    return [...machine, style.red('Nothing is recommended.'), ...obstacles, '', ...table].join('\n');
  }
  const { level, kvCache, context, reasons, alternatives, caution } = recommended;
  return [
    ...machine,
    ...(caution === null ? [] : [style.yellow(caution), 'The best of what is left:']),
    `${style.bold(`Recommended: ${level}`)} with ${cacheWords(kvCache)} for ${formatCount(context)} tokens`,
    ...reasons.map((reason) => `  • ${reason}`),
    ...(alternatives.length === 0 ? [] : ['Or:', ...alternatives.map((entry) => `  • ${alternativeText(entry)}`)]),
    '',
    nextStep(
      document.candidates.find((one) => isRecommended(one, recommended)),
      subject,
      style,
      width,
    ),
    '',
    ...table,
  ].join('\n');
}

/** How fast RAM is taken to be, where it matters: nothing is on the host otherwise. */
function ramLine({ machine, budget, candidates, recommended }: PlanDocument): readonly string[] {
  const matters =
    recommended === null || budget.devices.length === 0 || candidates.some(({ fit }) => fit === 'partial');
  const { bandwidthBytesPerSecond: rate, basis } = machine.host;
  if (!matters || rate === null) return [];
  const source = basis === 'assumed' ? `assumed: ${TYPICAL_HOST.description}; see --ram-bandwidth` : basis;
  const usable = budget.host.usableBytes === null ? '' : `${formatBytes(budget.host.usableBytes)} usable, `;
  return [`RAM: ${budget.devices.length === 0 ? '' : usable}~${formatNumber(rate / 1e9)} GB/s (${source})`];
}

/** `an f16 cache`, `a q8_0 cache`. */
const cacheWords = (kvCache: string): string => `${kvCache.startsWith('f') ? 'an' : 'a'} ${kvCache} cache`;

type Alternative = NonNullable<PlanDocument['recommended']>['alternatives'][number];

function alternativeText({ kind, level, kvCache, context, fit, decodeTokensPerSecond }: Alternative): string {
  const speed = decodeTokensPerSecond.value === null ? '' : `, ${speedCell(decodeTokensPerSecond)} tokens/s`;
  const where = fit === 'partial' ? ', partly offloaded' : '';
  return `${alternativeWords[kind]}: ${level} with ${cacheWords(kvCache)} for ${formatCount(context)} tokens${speed}${where}`;
}

function exactLines({ asked, answered, notes }: NonNullable<PlanDocument['exact']>): readonly string[] {
  return [`The engine answered ${answered} of ${asked} questions; its totals are shown.`, ...notes];
}

function modelLine({ model }: PlanDocument, style: Style): string {
  const facts = [
    model.architecture,
    model.parameters === null ? null : parameterCount(model.parameters),
    model.contextLength === null ? null : `trained for ${formatCount(model.contextLength)} tokens`,
  ];
  return `${style.bold(model.name)}  ${facts.filter((fact) => fact !== null).join(', ')}`;
}

/** What may be used, a line per device. */
export function budgetLines({ budget }: Pick<PlanDocument, 'budget'>): readonly string[] {
  if (budget.devices.length === 0) {
    return [`Processor alone: ${formatBytes(budget.usableBytes)} usable, ${formatBytes(budget.marginBytes)} kept free`];
  }
  const lines = budget.devices.map(({ name, totalBytes, freeBytes, usableBytes }) => {
    const free = freeBytes === null || freeBytes === totalBytes ? '' : `, ${formatBytes(freeBytes)} free`;
    return `${name}: ${formatBytes(totalBytes)}${free}, ${formatBytes(usableBytes)} usable`;
  });
  return [...new Set(lines)].map((line) => {
    const count = lines.filter((other) => other === line).length;
    return count === 1 ? line : `${count} × ${line} each`;
  });
}

/** How fast a card is taken to be of which only the memory was said. */
function cardLine({ machine }: PlanDocument): readonly string[] {
  const assumed = machine.devices.find(({ basis }) => basis === 'assumed')?.bandwidthBytesPerSecond ?? null;
  return assumed === null
    ? []
    : [`Its memory: ~${formatNumber(assumed / 1e9)} GB/s (assumed; name the card with --gpu)`];
}

interface PlanColumn {
  readonly column: Column;
  readonly cell: (candidate: CandidateDocument, style: Style) => string;
  /** Shown only when it tells candidates apart. */
  readonly only?: (document: PlanDocument) => boolean;
}

const right = (header: string, dropped?: number): Column => ({
  header,
  align: 'right',
  ...(dropped === undefined ? {} : { dropped }),
});
const several = (values: readonly unknown[]): boolean => new Set(values).size > 1;
const hasDevice = ({ budget }: PlanDocument): boolean => budget.devices.length > 0;

const COLUMNS: readonly PlanColumn[] = [
  { column: { header: 'LEVEL' }, cell: ({ level }) => level },
  {
    column: { header: 'KV CACHE' },
    cell: ({ kvCache }) => kvCache,
    only: ({ candidates }) => several(candidates.map(({ kvCache }) => kvCache)),
  },
  {
    column: right('CONTEXT'),
    cell: ({ context }) => formatCount(context),
    only: ({ candidates }) => several(candidates.map(({ context }) => context)),
  },
  {
    column: right('WEIGHTS', 2),
    cell: ({ footprint: { device, host } }) => formatBytes(device.weights + host.weights),
  },
  { column: right('CACHE', 1), cell: ({ footprint: { device, host } }) => formatBytes(device.kvCache + host.kvCache) },
  {
    column: right('BESIDE'),
    cell: ({ footprint: { device, host } }) => formatBytes((device.companions ?? 0) + (host.companions ?? 0)),
    only: ({ candidates }) => candidates.some((candidate) => hasCompanions(candidate)),
  },
  { column: right('ON DEVICE', 6), cell: ({ footprint }) => formatBytes(footprint.device.total), only: hasDevice },
  { column: right('ON HOST', 5), cell: ({ footprint }) => formatBytes(footprint.host.total), only: hasDevice },
  { column: right('TOTAL'), cell: ({ footprint }) => formatBytes(footprint.total) },
  { column: right('BY FORMULA'), cell: exactCell, only: ({ exact }) => exact !== undefined },
  { column: { header: 'FITS' }, cell: fitCell },
  { column: right('LAYERS', 7), cell: ({ gpuLayers }) => String(gpuLayers), only: hasDevice },
  { column: right('TOKENS/S', 9), cell: ({ expected }) => speedCell(expected.decodeTokensPerSecond) },
  { column: right('LOSS (PPL)', 8), cell: ({ expected }) => lossCell(expected.quality) },
  { column: right('SAME TOP', 3), cell: ({ expected }) => formatPercent(expected.quality.sameTopToken) },
  { column: { header: 'VARIANT', dropped: 4 }, cell: ({ variant }) => STATUS[variant.status] },
];

const STATUS: Readonly<Record<CandidateDocument['variant']['status'], string>> = {
  local: 'here',
  remote: 'can be pulled',
  buildable: 'can be made',
  missing: 'missing',
  unknown: UNKNOWN,
};

/** The candidates as a table; the recommended one is marked. */
export function renderCandidates(document: PlanDocument, style: Style, width: number | null): string {
  const { recommended } = document;
  const candidates = shownCandidates(document);
  const shown = COLUMNS.filter(({ only }) => only === undefined || only({ ...document, candidates }));
  return renderTable(
    [{ header: ' ' }, ...shown.map(({ column }) => column)],
    candidates.map((candidate) => [
      isRecommended(candidate, recommended) ? style.green('→') : ' ',
      ...shown.map(({ cell }) => cell(candidate, style)),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
}

const FIT_ORDER: readonly CandidateDocument['fit'][] = ['full', 'partial', 'none'];

/** Of each level, context and number of sequences the cache that suits it best; the others are in the JSON document. */
function shownCandidates({ candidates, recommended }: PlanDocument): readonly CandidateDocument[] {
  const best = new Map<string, CandidateDocument>();
  for (const candidate of candidates) {
    const { level, context, parallel } = candidate;
    const group = JSON.stringify([level, context, parallel]);
    const rival = best.get(group);
    if (rival === undefined || suits(candidate, rival, recommended)) best.set(group, candidate);
  }
  return [...best.values()];
}

function suits(a: CandidateDocument, b: CandidateDocument, recommended: PlanDocument['recommended']): boolean {
  if (isRecommended(b, recommended)) return false;
  if (isRecommended(a, recommended)) return true;
  const fits = FIT_ORDER.indexOf(a.fit) - FIT_ORDER.indexOf(b.fit);
  if (fits !== 0) return fits < 0;
  const speed = ({ expected }: CandidateDocument): number => expected.decodeTokensPerSecond.value ?? 0;
  // What fits entirely is listed with the better cache; what does not, with that which makes it faster or less short.
  return a.fit === 'full' ? false : a.fit === 'partial' ? speed(a) > speed(b) : a.shortBytes < b.shortBytes;
}

const isRecommended = (candidate: CandidateDocument, recommended: PlanDocument['recommended']): boolean =>
  recommended !== null &&
  candidate.level === recommended.level &&
  candidate.kvCache === recommended.kvCache &&
  candidate.context === recommended.context &&
  candidate.parallel === recommended.parallel &&
  candidate.gpuLayers === recommended.gpuLayers;
