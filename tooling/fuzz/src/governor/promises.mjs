import { bytesHeld, expectedBytes, heldBytes, reservationsOf } from '@plimsoll/domain';

const HOUR_MS = 3_600_000;
const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
/** Of doubles that were added in another order. */
const about = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));

/**
 * What the rules promise whatever happens. Each watches a run look by look: `keeps(look)` gives true where the promise
 * was put to the test and kept, null where the look has nothing to do with it, and else what went wrong.
 */
export const PROMISES = {
  'steps of a model in an hour are bounded': () => {
    const steps = [];
    return ({ policy, input, decision }) => {
      if (decision === null || !['switch', 'limit-concurrency'].includes(decision.action.kind)) return null;
      steps.push({ atMs: input.nowMs, model: decision.action.model });
      const { ladder } = input.models.find(({ name }) => name === decision.action.model);
      const inHour = steps.filter(({ atMs, model }) => model === decision.action.model && input.nowMs - atMs < HOUR_MS);
      // A latched model can still go down its ladder once, and halve its sequences three times from eight.
      const most = policy.stepsPerHour + ladder.length + 3;
      return inHour.length <= most || `${inHour.length} steps, at most ${most} are allowed`;
    };
  },

  'nothing goes up on stale or missing readings':
    () =>
    ({ policy, input, ledger, decision }) => {
      if (decision?.direction !== 'up') return null;
      if (decision.action.kind === 'limit-concurrency') {
        // More sequences take no memory: the heat alone is asked.
        return input.heat.every(({ atMs }) => input.nowMs - atMs <= policy.staleMs) || 'the heat is not known';
      }
      const bad = ledger.find(({ atMs, freeBytes }) => freeBytes === null || input.nowMs - atMs > policy.staleMs);
      return bad === undefined || `went up although ${bad.domain} is not known`;
    },

  'nothing goes up under pressure, or while it rises': () => {
    let before = new Map();
    return ({ policy, ledger, decision }) => {
      const last = before;
      before = new Map(ledger.map(({ domain, foreignBytes }) => [domain, foreignBytes]));
      if (decision?.direction !== 'up' || decision.action.kind !== 'switch') return null;
      for (const { domain, capacityBytes, freeBytes, foreignBytes } of ledger) {
        if (freeBytes < capacityBytes * policy.soft.enterShare) return `went up although ${domain} is short`;
        const rise = foreignBytes - (last.get(domain) ?? foreignBytes);
        if (rise > capacityBytes * policy.minReclaimShare) return `went up although others take more of ${domain}`;
      }
      return true;
    };
  },

  'from the hard band something gives way within one reading': () => (look) => {
    const { policy, before, input, ledger, decision } = look;
    if (input.nowMs < before.settleUntilMs || input.models.some(({ incoming }) => incoming !== undefined)) return null;
    const pressed = ledger.filter(
      ({ capacityBytes, freeBytes, atMs }) =>
        freeBytes !== null &&
        input.nowMs - atMs <= policy.staleMs &&
        freeBytes < capacityBytes * policy.hard.enterShare,
    );
    if (!pressed.some((entry) => canGiveWay(entry, look))) return null;
    return decision?.direction === 'down' || `nothing gave way: ${decision?.rule ?? look.hold}`;
  },

  'the ledger agrees with the reservations and is never negative':
    () =>
    ({ input, ledger }) => {
      for (const { domain, ownBytes, foreignBytes, usedBytes } of ledger) {
        const reserved = sum(reservationsOf(input.models).map((reservation) => heldBytes(reservation, domain)));
        if (!about(ownBytes, reserved)) return `${domain}: ${ownBytes} of our own, ${reserved} reserved`;
        if (ownBytes < 0 || foreignBytes < 0) return `${domain} is held negatively`;
        if (usedBytes !== null && usedBytes >= ownBytes && !about(foreignBytes + ownBytes, usedBytes)) {
          return `${domain}: ${foreignBytes} and ${ownBytes} are not ${usedBytes}`;
        }
      }
      return true;
    },

  'a step is planned against the state after it':
    () =>
    ({ policy, input, ledger, decision }) => {
      if (decision === null || decision.action.kind !== 'switch') return null;
      // A model that could not be loaded holds nothing yet; its step is judged by the load itself.
      if (decision.rule === 'out-of-memory') return null;
      const { model: name, to } = decision.action;
      const model = input.models.find((one) => one.name === name);
      const share = decision.direction === 'up' ? policy.upFreeShare : policy.soft.leaveShare;
      for (const { domain, capacityBytes, freeBytes } of ledger) {
        const [held, expected] = [bytesHeld(model, domain), expectedBytes(model, model.ladder[to], domain)];
        if (expected <= held) continue;
        const after = freeBytes + held - expected;
        if (after < capacityBytes * share) return `${domain} would be left with ${after} bytes`;
      }
      return true;
    },

  'a model comes in only where it fits once others have left':
    () =>
    ({ policy, ledger, input, admissions }) => {
      for (const { model, admission } of admissions) {
        const leaving = input.models.filter(({ name }) => admission.unload.includes(name));
        if (leaving.some(({ activeRequests, pin }) => activeRequests > 0 || pin !== 'none')) {
          return 'somebody at work or pinned would have to leave';
        }
        for (const { domain, capacityBytes, freeBytes } of ledger) {
          const needed = model.ladder[admission.rung].bytes[domain] ?? 0;
          if (freeBytes === null || needed === 0) continue;
          const after = freeBytes + sum(leaving.map((one) => bytesHeld(one, domain))) - needed;
          if (after < capacityBytes * policy.soft.enterShare) return `${domain} would be left with ${after} bytes`;
        }
      }
      return admissions.length > 0 || null;
    },

  'what is on its way is left alone':
    () =>
    ({ input, decision }) => {
      if (!input.models.some(({ changing }) => changing) || decision === null) return null;
      const { action, direction, rule } = decision;
      // An engine that ran out of memory says so while it loads.
      if (rule === 'out-of-memory') return null;
      if (direction === 'up' && action.kind === 'switch') return 'something grew meanwhile';
      return !input.models.find(({ name }) => name === action.model).changing || `moved ${action.model} again`;
    },

  'what is pinned stays, and what answers is not unloaded':
    () =>
    ({ input, decision }) => {
      if (decision === null) return null;
      const { action } = decision;
      const { pin, activeRequests } = input.models.find(({ name }) => name === action.model);
      if (action.kind === 'unload' && (pin !== 'none' || activeRequests > 0)) return 'unloaded it';
      return action.kind !== 'switch' || pin !== 'point' || decision.rule === 'out-of-memory' || 'moved it';
    },
};

/** By the plainest remedies alone: an idle model, or a point that takes no more anywhere and less here. */
function canGiveWay({ domain, capacityBytes }, { policy, input, ledger }) {
  const least = capacityBytes * policy.minReclaimShare;
  return input.models.some((model) => {
    if (!model.loaded || model.changing) return false;
    const held = bytesHeld(model, domain);
    if (model.activeRequests === 0 && model.pin === 'none' && held >= least) return true;
    if (model.pin === 'point') return false;
    return model.ladder.some(
      (rung, index) =>
        index !== model.rung &&
        held - expectedBytes(model, rung, domain) >= least &&
        ledger.every((other) => expectedBytes(model, rung, other.domain) <= bytesHeld(model, other.domain)),
    );
  });
}
