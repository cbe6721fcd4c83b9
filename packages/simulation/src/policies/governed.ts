import { DEFAULT_GOVERNOR_POLICY, INITIAL_GOVERNOR_STATE, admit, decide } from '@plimsoll/domain';
import type { GovernorPolicy, GovernorState } from '@plimsoll/domain';
import type { SimulatedPolicy } from '../simulated-policy.js';

/** The governor itself, by the very rules that a server runs. */
export function governed(policy: GovernorPolicy = DEFAULT_GOVERNOR_POLICY): SimulatedPolicy {
  let state: GovernorState = INITIAL_GOVERNOR_STATE;
  return {
    name: 'governor',
    admit: (view, model) => admit(policy, view, model, state.failed),
    look(view) {
      const look = decide(policy, state, view);
      ({ state } = look);
      return { action: look.decision?.action ?? null, decision: look.decision };
    },
  };
}
