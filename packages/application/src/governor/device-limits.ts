import { bytesHeld } from '@plimsoll/domain';
import type { BytesByDomain, GovernedModel } from '@plimsoll/domain';

/** What is left of the common limit on each device beside what our models hold on the others. */
export function deviceLimits(
  limitBytes: number | null,
  devices: readonly string[],
  models: readonly GovernedModel[],
): BytesByDomain {
  if (limitBytes === null) return {};
  const held = (device: string): number => models.reduce((sum, model) => sum + bytesHeld(model, device), 0);
  const all = devices.reduce((sum, device) => sum + held(device), 0);
  return Object.fromEntries(devices.map((device) => [device, Math.max(0, limitBytes - all + held(device))]));
}
