import { CapabilityMissingError } from '@plimsoll/domain';
import type { InspectedModel, PlanRequest } from '@plimsoll/domain';
import type { MachineState } from '../devices/read-devices.js';
import type { ExactPlanDependencies, ExactPlanSubject } from './exact-plan.js';
import type { PlanInput } from './plan-input.js';
import { fileLevel } from './file-level.js';

/** What the subject of an exact plan is made from, beside the request of the plan. */
export interface ExactPlanSources {
  readonly inspected: InspectedModel;
  /** What was learned of how far the closed form is off. */
  readonly overhead: PlanRequest['correction'];
  readonly state: MachineState;
  /** The model as the user names it. */
  readonly model: string;
  readonly recipes: PlanInput['recipes'];
}

/** What asking the engine for exact bytes starts from. */
export function exactPlanSubject(
  request: PlanRequest,
  { inspected, overhead, state, model, recipes }: ExactPlanSources,
): ExactPlanSubject {
  const record = {
    model,
    // A device that was only described has no measurements; the engine answered on the one that is here.
    device: state.devices[0]?.device.name ?? state.host.processorName,
    processor: state.host.processorName,
    platform: state.host.platform,
  };
  return {
    request: { ...request, correction: overhead },
    header: inspected.header,
    ownLevel: fileLevel(inspected),
    recipes: new Map([...recipes].map(([name, { tensors }]) => [name, tensors])),
    record,
  };
}

/** The engine to ask. @throws CapabilityMissingError where there is none */
export function requireEngine(exact: ExactPlanDependencies | undefined): ExactPlanDependencies {
  if (exact !== undefined) return exact;
  throw new CapabilityMissingError('There is no engine here that could be asked for exact bytes.', {
    hint: 'The closed form is within 3 % of the engine.',
    remedies: [{ kind: 'leave-out', option: 'exact' }],
  });
}
