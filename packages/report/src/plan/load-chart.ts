import { alternativeWords, qualityNote } from '@plimsoll/contract';
import { cacheName, formatBytes, grouped } from '@plimsoll/domain';
import type { MemoryUse, Plan, PlanCandidate } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';
import { loadBytes, loadLine, loadScale } from './load-scale.js';
import type { LoadLine, LoadScale } from './load-scale.js';
import { PLIMSOLL_MARK } from './plimsoll-mark.js';
import { alternativeAt } from './shown-candidates.js';
import { fitWords, longestContext, lossWords, speedSource, speedWords } from './words.js';

/** What a bar is stacked of, from left to right: key, class and words. */
const LOAD_PARTS: readonly (readonly [key: keyof MemoryUse, name: string, words: string])[] = [
  ['weightsBytes', 'weights', 'weights'],
  ['kvCacheBytes', 'cache', 'KV cache'],
  ['recurrentStateBytes', 'state', 'recurrent state'],
  ['computeBytes', 'compute', 'compute buffer'],
  ['companionBytes', 'beside', 'projector and draft model'],
];

/** What the colours mean, in the order of the bars. */
const LEGEND: readonly (readonly [name: string, words: string])[] = [
  ...LOAD_PARTS.map(([, name, words]) => [name, words] as const),
  ['learned', 'learned from runs here'],
  ['over', 'overload'],
  ['ashore', 'left to the host'],
  ['shore', 'thin bar: held by the host'],
];

/**
 * The operating points of a plan as stacked bars, with the load line over them. Beyond the line a load that does not
 * fit is hatched; what a split leaves to the host is outlined there. The host's own share is a thin bar below.
 */
export function loadChart(plan: Plan): string {
  const line = loadLine(plan);
  const scale = loadScale(plan, line);
  const rows = plan.candidates.map((candidate) => row(plan, candidate, line, scale));
  return `${legend(rows.join(''))}<div class="chart">${head(line, scale)}<ol class="rows">${rows.join('')}</ol>${axis(scale)}</div>`;
}

/** A position on the scale; what lies beyond it is cut off. */
const share = (bytes: number, { mostBytes }: LoadScale): string =>
  `${(Math.min(1, bytes / mostBytes) * 100).toFixed(3)}%`;

const stretch = (from: number, to: number, scale: LoadScale): string =>
  `left:${share(from, scale)};width:${share(Math.max(0, Math.min(to, scale.mostBytes) - from), scale)}`;

/** Explains what is to be seen, and nothing else. */
function legend(rows: string): string {
  const keys = LEGEND.filter(([name]) => rows.includes(`class="${name}"`));
  const entries = keys.map(
    ([name, words]) => `<span><i class="${name === 'shore' ? 'shore-key' : name}"></i>${words}</span>`,
  );
  return `<p class="legend">${entries.join('')}</p>`;
}

function head({ usableBytes, memory }: LoadLine, scale: LoadScale): string {
  if (usableBytes === null) return '';
  const side = usableBytes / scale.mostBytes > 0.5 ? ' left' : '';
  const where = memory === 'device' ? 'device memory' : 'host memory';
  return `<div class="mark-row"><div class="mark${side}" style="left:${share(usableBytes, scale)}">${PLIMSOLL_MARK}<span><b>${formatBytes(usableBytes)}</b> usable<em> ${where}</em></span></div></div>`;
}

function axis(scale: LoadScale): string {
  const ticks = scale.ticks.map((bytes) => `<i style="left:${share(bytes, scale)}">${tickWords(bytes)}</i>`);
  return `<div class="axis-row" aria-hidden="true"><div class="ticks">${ticks.join('')}</div></div>`;
}

const tickWords = (bytes: number): string => formatBytes(bytes).replace(/\.0+(?= )/, '');

function row(plan: Plan, candidate: PlanCandidate, line: LoadLine, scale: LoadScale): string {
  const { level, fit } = candidate;
  const twin = plan.candidates.some((other) => other !== candidate && other.level === level);
  const split =
    twin && candidate.shape.placement.expertLayersOnHost > 0 ? 'experts on host' : twin ? 'layers split' : '';
  const caches = new Set(plan.candidates.map(({ shape }) => cacheName(shape)));
  const details = [split, caches.size > 1 ? `${cacheName(candidate.shape)} cache` : ''].filter((text) => text !== '');
  const chosen = candidate === plan.recommended?.candidate;
  const longest = longestContext(plan, candidate);
  const upTo = longest === null ? 'no context fits whole' : `up to ${grouped(longest)} tokens fit whole`;
  const { decodeTokensPerSecond: speed, quality } = candidate.expected;
  const [figure, of] = lossWords(quality);
  return (
    `<li class="row ${fit}${chosen ? ' chosen' : ''}" data-level="${level}">` +
    `<div class="who"><b>${level}</b>${details.length === 0 ? '' : `<small>${details.join(', ')}</small>`}${badge(plan, candidate)}</div>` +
    `<div class="load">${lane(candidate, line, scale)}` +
    `<p class="how"><b>${escapeHtml(fitWords(candidate, line))}</b> <span>${upTo}</span></p></div>` +
    `<div class="expect"><div><b>${speedWords(speed)}</b> tokens/s <small>${escapeHtml(speedSource(speed))}</small></div>` +
    `<div title="${escapeHtml(qualityNote(quality))}"><b>${figure}</b> ${of} <small>${quality.source}</small></div></div></li>`
  );
}

/** What is recommended, or what an alternative to it buys. */
function badge(plan: Plan, candidate: PlanCandidate): string {
  if (candidate === plan.recommended?.candidate) return '<span class="badge">recommended</span>';
  const alternative = alternativeAt(plan, candidate);
  return alternative === null ? '' : `<span class="badge or">${alternativeWords[alternative.kind]}</span>`;
}

function lane(candidate: PlanCandidate, line: LoadLine, scale: LoadScale): string {
  const { footprint, fit, shortBytes } = candidate;
  const main = line.memory === 'host' ? [footprint.host] : footprint.devices;
  const total = loadBytes(candidate, line);
  const usable = line.usableBytes;
  const over = fit === 'none' && usable !== null && total > usable ? span('over', usable, total, scale) : '';
  const left = fit === 'partial' && usable !== null ? span('ashore', usable, usable + shortBytes, scale) : '';
  const mark = usable === null ? '' : `<i class="line" style="left:${share(usable, scale)}"></i>`;
  const beyond = usable === null ? '' : `<i class="beyond" style="left:${share(usable, scale)}"></i>`;
  const reach = fit === 'partial' ? (usable ?? 0) + shortBytes : total;
  const cut = reach > scale.mostBytes ? '<i class="cut"></i>' : '';
  const shore = line.memory === 'host' ? '' : `<div class="shore">${stack([footprint.host], 0, scale)}</div>`;
  return (
    `<div class="lane" role="img" aria-label="${escapeHtml(laneWords(candidate, line))}">${beyond}${left}` +
    `${stack(main, total === 0 ? 0 : candidate.overheadBytes, scale)}${over}${cut}${mark}</div>${shore}`
  );
}

function span(name: string, from: number, to: number, scale: LoadScale): string {
  return `<i class="${name}" style="${stretch(from, to, scale)}"></i>`;
}

function stack(memories: readonly MemoryUse[], overheadBytes: number, scale: LoadScale): string {
  const parts = LOAD_PARTS.map(([key, name, words]) => {
    const bytes = memories.reduce((sum, use) => sum + (use[key] ?? 0), 0);
    return { name, words, bytes };
  });
  const learned = { name: 'learned', words: 'learned from runs here', bytes: overheadBytes };
  let from = 0;
  return [...parts, learned]
    .filter(({ bytes }) => bytes > 0)
    .map(({ name, words, bytes }) => {
      const at = from;
      from += bytes;
      return `<i class="${name}" style="${stretch(at, from, scale)}" title="${words}: ${formatBytes(bytes)}"></i>`;
    })
    .join('');
}

function laneWords(candidate: PlanCandidate, line: LoadLine): string {
  const { level, footprint } = candidate;
  const main = line.memory === 'host' ? [footprint.host] : footprint.devices;
  const parts = LOAD_PARTS.map(
    ([key, , words]) => [words, main.reduce((sum, use) => sum + (use[key] ?? 0), 0)] as const,
  )
    .filter(([, bytes]) => bytes > 0)
    .map(([words, bytes]) => `${words} ${formatBytes(bytes)}`);
  const host = line.memory === 'host' ? '' : `; ${formatBytes(footprint.host.totalBytes)} on the host`;
  return `${level}: ${parts.join(', ')}${host}; ${fitWords(candidate, line)}`;
}
