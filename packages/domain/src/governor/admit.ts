import type { GovernedModel } from './governed-model.js';
import { bytesHeld } from './governed-model.js';
import type { BandShares, GovernorPolicy } from './governor-policy.js';
import type { FailedPoint, GovernorInput } from './governor-state.js';
import type { Ladder, Rung } from './ladder.js';
import { ledgerOf } from './ledger-of.js';
import type { MemoryDomain } from './memory-ledger.js';

/** How a model that is asked for comes in. */
export interface Admission {
  /** Index into the model's ladder. */
  readonly rung: number;
  /** Idle models that make room, in the order in which they are unloaded. */
  readonly unload: readonly string[];
}

/** What a model comes in by. */
type AdmissionInput = Pick<GovernorInput, 'nowMs' | 'memory' | 'models' | 'limitBytes'>;

/** A model that comes back within so many of its loads after it had to go spends too much of its time on loading. */
const LOADS_APART = 8;

/** Such a model is not served below this share of the speed that it would have without the others. */
const LEAST_SHARED_SPEED = 0.5;

/**
 * The best point at which a model can be loaded now, and which idle models make room for it: as few as needed, those
 * that are back soonest first. For models that were emptied to let this one in (`beside`), room is left at their
 * smallest points where that can be. Null when not even the smallest point fits. A memory of which nothing is known bars
 * nothing.
 *
 * Models that are asked for in turn push each other out, which costs no quality as long as loading takes little of the
 * time. One that comes back sooner leaves the others their room, if it has a point beside them that is not much slower.
 */
export function admit(
  policy: GovernorPolicy,
  input: AdmissionInput,
  model: GovernedModel,
  failed: readonly FailedPoint[] = [],
  beside: readonly GovernedModel[] = [],
): Admission | null {
  const barred = failed.filter((point) => point.model === model.name).map(({ rung }) => rung);
  const options = { policy, input, model, barred, beside, spared: [] };
  const best = bestAdmission(options);
  const isRecent = (atMs: number | undefined): boolean =>
    atMs !== undefined && input.nowMs - atMs < LOADS_APART * model.reloadMs;
  if (best === null || !isRecent(model.leftMs)) return best;
  const wanted = input.models.filter(({ name, lastUsedMs }) => best.unload.includes(name) && isRecent(lastUsedMs));
  if (wanted.length === 0) return best;
  const leastSpeed = LEAST_SHARED_SPEED * (model.ladder[best.rung]?.decodeTokensPerSecond ?? 0);
  const tooSlow = model.ladder.flatMap(({ decodeTokensPerSecond }, index) =>
    (decodeTokensPerSecond ?? leastSpeed) < leastSpeed ? [index] : [],
  );
  const shared = { ...options, barred: [...barred, ...tooSlow] };
  return (
    bestAdmission({ ...shared, spared: wanted.map(({ name }) => name) }) ??
    bestAdmission({ ...shared, beside: [...beside, ...wanted] }) ??
    best
  );
}

/**
 * Planned against the state *after* the idle models are gone. What stays free lies midway between the lines at which
 * the soft band is entered and left, so that a load is not followed by a step down.
 */
function bestAdmission({
  policy,
  input,
  model,
  barred,
  beside,
  spared,
}: {
  readonly policy: GovernorPolicy;
  readonly input: AdmissionInput;
  readonly model: GovernedModel;
  /** Rungs that are out of the question. */
  readonly barred: readonly number[];
  readonly beside: readonly GovernedModel[];
  /** Models that stay. */
  readonly spared: readonly string[];
}): Admission | null {
  const others = input.models.filter(({ name }) => name !== model.name);
  const ledger = ledgerOf(input);
  const roomBeside = ({ enterShare, leaveShare }: BandShares, left: readonly Rung[]): readonly Room[] =>
    ledger.map(({ domain, freeBytes, capacityBytes }) => {
      const own = bytesHeld(model, domain) - incomingBytes(others, domain);
      const forOthers = left.reduce((sum, { bytes }) => sum + (bytes[domain] ?? 0), 0);
      const keep = ((capacityBytes ?? 0) * (enterShare + leaveShare)) / 2 + forOthers;
      return { domain, freeBytes: freeBytes === null ? null : freeBytes + own - keep };
    });
  const idle = others
    .filter(
      ({ name, loaded, changing, activeRequests, pin }) =>
        loaded && !changing && activeRequests === 0 && pin === 'none' && !spared.includes(name),
    )
    .sort((a, b) => a.reloadMs - b.reloadMs || a.lastUsedMs - b.lastUsedMs);
  // Beyond the user's own line a model comes in all the same; the rule of that line then sees to its bits.
  const bands = policy.usageSwitch === null ? [policy.soft] : [policy.usageSwitch, policy.soft];
  const smallest = beside.flatMap(({ ladder }) => smallestOf(ladder));
  for (const left of smallest.length === 0 ? [[]] : [smallest, []]) {
    for (const band of bands) {
      const room = roomBeside(band, left);
      for (const [index, rung] of model.ladder.entries()) {
        if (barred.includes(index)) continue;
        const unload = makeRoom(rung, room, idle);
        if (unload !== null) return { rung: index, unload };
      }
    }
  }
  return null;
}

/** The rung that takes least of all memories together; empty for an empty ladder. */
function smallestOf(ladder: Ladder): readonly Rung[] {
  const total = ({ bytes }: Rung): number => Object.values(bytes).reduce((sum, value) => sum + value, 0);
  return [...ladder].sort((a, b) => total(a) - total(b)).slice(0, 1);
}

/** What loads that are under way will take of a memory: its reading need not show it yet. */
export function incomingBytes(models: readonly GovernedModel[], domain: MemoryDomain): number {
  return models.reduce((sum, { incoming }) => sum + (incoming?.[domain] ?? 0), 0);
}

interface Room {
  readonly domain: string;
  readonly freeBytes: number | null;
}

/** One idle model that is enough by itself goes before several. */
function makeRoom(rung: Rung, room: readonly Room[], idle: readonly GovernedModel[]): readonly string[] | null {
  const lacking = room
    .map(({ domain, freeBytes }) => ({
      domain,
      bytes: freeBytes === null ? 0 : (rung.bytes[domain] ?? 0) - freeBytes,
    }))
    .filter(({ bytes }) => bytes > 0);
  const coveredBy = (models: readonly GovernedModel[]): boolean =>
    lacking.every(({ domain, bytes }) => models.reduce((sum, model) => sum + bytesHeld(model, domain), 0) >= bytes);
  if (coveredBy([])) return [];
  const one = idle.find((model) => coveredBy([model]));
  if (one !== undefined) return [one.name];
  const helpful = idle.filter((model) => lacking.some(({ domain }) => bytesHeld(model, domain) > 0));
  const count = helpful.findIndex((_, index) => coveredBy(helpful.slice(0, index + 1)));
  return count === -1 ? null : helpful.slice(0, count + 1).map(({ name }) => name);
}
