import type { Admission, GovernedModel } from '@plimsoll/domain';
import { bytesHeld, ledgerEntry, reservationsOf } from '@plimsoll/domain';
import type { PolicyView, SimulatedPolicy } from '../simulated-policy.js';

const IDLE = { action: null, decision: null } as const;

/** Always the best point; idle models make room for the one that is asked for. What does not fit waits. */
export function alwaysBest(): SimulatedPolicy {
  return { name: 'always best', admit: (view, model) => withRoom(view, model, 0), look: () => IDLE };
}

/** Always the smallest point, to be safe. */
export function alwaysSmallest(): SimulatedPolicy {
  return {
    name: 'always smallest',
    admit: (view, model) => withRoom(view, model, model.ladder.length - 1),
    look: () => IDLE,
  };
}

/** Best points, and a whole idle model out when more than nine tenths of the device or host are used. */
export function oneThreshold(share = 0.9): SimulatedPolicy {
  return {
    name: `unload at ${share}`,
    admit: (view, model) => withRoom(view, model, 0),
    look(view) {
      const over =
        view.hostUsedWithCacheShare > share ||
        view.memory.some(({ usedBytes, totalBytes }) => (usedBytes ?? 0) > (totalBytes ?? 0) * share);
      const victim = over ? leastRecentlyUsed(view.models) : undefined;
      return { action: victim === undefined ? null : { kind: 'unload', model: victim.name }, decision: null };
    },
  };
}

/** Best points, so many models at once, the one that was not used longest out. */
export function leastRecentlyUsedOut(most = 1): SimulatedPolicy {
  return {
    name: `at most ${most}, least recently used out`,
    admit(view, model) {
      const loaded = view.models.filter((other) => other.loaded && other.name !== model.name);
      const out = loaded.length < most ? undefined : leastRecentlyUsed(loaded);
      if (loaded.length >= most && out === undefined) return null;
      const free = freeBytes(view) + (out === undefined ? 0 : bytesHeld(out, 'device'));
      const fits = (model.ladder[0]?.bytes['device'] ?? 0) <= free;
      return fits ? { rung: 0, unload: out === undefined ? [] : [out.name] } : null;
    },
    look: () => IDLE,
  };
}

function withRoom(view: PolicyView, model: GovernedModel, rung: number): Admission | null {
  const needed = model.ladder[rung]?.bytes['device'] ?? 0;
  let free = freeBytes(view);
  const unload: string[] = [];
  const idle = view.models.filter(
    ({ loaded, activeRequests, name }) => loaded && activeRequests === 0 && name !== model.name,
  );
  for (const other of [...idle].sort((a, b) => a.lastUsedMs - b.lastUsedMs)) {
    if (free >= needed) break;
    free += bytesHeld(other, 'device');
    unload.push(other.name);
  }
  return free >= needed ? { rung, unload } : null;
}

function freeBytes({ memory, models }: PolicyView): number {
  const reading = memory.find(({ domain }) => domain === 'device');
  return reading === undefined ? 0 : (ledgerEntry(reading, reservationsOf(models), null).freeBytes ?? 0);
}

const leastRecentlyUsed = (models: readonly GovernedModel[]): GovernedModel | undefined =>
  models
    .filter(({ loaded, changing, activeRequests }) => loaded && !changing && activeRequests === 0)
    .sort((a, b) => a.lastUsedMs - b.lastUsedMs)[0];
