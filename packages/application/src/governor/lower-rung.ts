import type { GovernedModel } from '@plimsoll/domain';

/** The index of the next rung that takes less of all memories together; null when there is none. */
export function lowerRung({ ladder, rung }: GovernedModel): number | null {
  const total = (index: number): number =>
    Object.values(ladder[index]?.bytes ?? {}).reduce((sum, bytes) => sum + bytes, 0);
  const lower = ladder.findIndex((_, index) => index > rung && total(index) < total(rung));
  return lower === -1 ? null : lower;
}
