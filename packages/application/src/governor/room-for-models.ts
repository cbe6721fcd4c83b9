import { HOST_DOMAIN, admit, hasRoomForLoad } from '@plimsoll/domain';
import type { Admission, GovernedModel, GovernorInput, GovernorPolicy, GovernorState } from '@plimsoll/domain';

/** By what room is given: the rules, how things stand, and the points that failed. */
export interface RoomRules {
  readonly policy: GovernorPolicy;
  readonly input: GovernorInput;
  readonly failed: GovernorState['failed'];
}

/** How a model comes in now; `wait` when there will be room once others have answered; null when nothing fits. */
export function admissionOf(
  { policy, input, failed }: RoomRules,
  model: GovernedModel,
  beside: readonly string[],
  isLastResort: boolean,
): Admission | 'wait' | null {
  const emptied = input.models.filter(({ name }) => beside.includes(name));
  const now = admit(policy, input, model, failed, emptied);
  if (now !== null) return now;
  const models = input.models.map((one) => ({ ...one, changing: false, activeRequests: 0, incoming: undefined }));
  if (admit(policy, { ...input, models }, model, failed) !== null) return 'wait';
  return isLastResort ? admit({ ...policy, soft: policy.hard, usageSwitch: null }, input, model, failed) : null;
}

/** Models that would have to go for this one to come in, at work or not. */
export function inTheWayOf({ policy, input, failed }: RoomRules, model: GovernedModel): readonly string[] {
  const models = input.models.map((one) => ({ ...one, activeRequests: 0 }));
  return admit(policy, { ...input, models }, model, failed)?.unload ?? [];
}

/** Whether a rung can be loaded while the model stays loaded as it is. */
export function fitsBeside({ policy, input }: RoomRules, model: GovernedModel, rung: number): boolean {
  const to = model.ladder[rung];
  return to !== undefined && hasRoomForLoad(input, model, to, policy.hard.leaveShare) === true;
}

/** Whether what was unloaded has come back, as far as the rung needs it. */
export function hasRoomAgain(input: GovernorInput, model: GovernedModel, rung: number): boolean {
  const to = model.ladder[rung];
  // Drivers give device memory back late; the host's is back with the process that held it.
  const memory = input.memory.filter(({ domain }) => domain !== HOST_DOMAIN);
  return to === undefined || hasRoomForLoad({ ...input, memory }, model, to, 0) !== false;
}
