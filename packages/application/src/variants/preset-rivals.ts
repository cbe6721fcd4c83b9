import {
  levelFileBytes,
  presetTypes,
  tokenSeconds,
  type GroupLoss,
  type Level,
  type ModelHeader,
  type PrecisionGroup,
  type TypeChoice,
} from '@plimsoll/domain';
import type { GoalAllocator, MixGoal } from './mix-goal.js';
import { presetLoss } from './predicted-sizes.js';

/** A preset that a recipe is held against. */
export interface RivalPreset {
  readonly level: Level;
  readonly fileBytes: number;
}

/** What the preset to be held against is found by. */
export interface RivalRequest {
  readonly header: ModelHeader;
  readonly groups: readonly PrecisionGroup[];
  /** Best first. */
  readonly presets: readonly Level[];
  readonly goal: MixGoal;
  readonly allocator: GoalAllocator;
  readonly choice: TypeChoice;
  readonly loss: GroupLoss;
}

/**
 * The best preset of no more bytes than a recipe may have; for speed the fastest that is predicted to lose no more than
 * is allowed. Null when there is none.
 */
export function rivalPreset({ header, presets, allocator, choice, ...rest }: RivalRequest): RivalPreset | null {
  const fitting = presets
    .map((level) => ({ level, fileBytes: levelFileBytes(header, level, { importanceMatrix: true }) }))
    .filter(({ fileBytes }) => allocator.admits(fileBytes, choice));
  const { goal, groups, loss } = rest;
  if (goal.kind !== 'fastest') return fitting[0] ?? null;
  const { within, speeds } = goal;
  const lossOf = (level: Level): number => presetLoss(header, level, groups, loss) ?? Infinity;
  const most = 'nats' in within ? within.nats : lossOf(within.level);
  const timed = fitting.flatMap((preset) => {
    const { tensors } = presetTypes(header, preset.level, { importanceMatrix: true });
    const seconds = tokenSeconds(header, tensors, speeds);
    const isAllowed = lossOf(preset.level) <= most || ('level' in within && within.level === preset.level);
    return seconds === null || !isAllowed ? [] : [{ preset, seconds }];
  });
  return timed.sort((a, b) => a.seconds - b.seconds)[0]?.preset ?? null;
}
