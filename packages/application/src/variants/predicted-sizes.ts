import {
  allocate,
  levelFileBytes,
  precisionOptions,
  presetTypes,
  type GroupLoss,
  type Level,
  type ModelHeader,
  type PrecisionGroup,
  type TensorType,
} from '@plimsoll/domain';
import type { GoalAllocator } from './mix-goal.js';

/** A file that was not made: its size and what it is predicted to lose. */
export interface PredictedFile {
  /** The preset's level; absent for a recipe. */
  readonly label?: string | undefined;
  readonly bytes: number;
  /** Nats per token. */
  readonly loss: number;
}

/** What files of other sizes are predicted to lose. */
export interface PredictedSizes {
  readonly presets: readonly PredictedFile[];
  readonly recipes: readonly PredictedFile[];
}

const STEPS = 16;

/** What sizes are predicted from. */
export interface SizesRequest {
  readonly header: ModelHeader;
  readonly groups: readonly PrecisionGroup[];
  readonly types: readonly TensorType[];
  readonly presets: readonly Level[];
  readonly allocator: GoalAllocator;
  readonly loss: GroupLoss;
}

/** What presets lose by the types that they give, and recipes of sizes evenly apart. */
export function predictedSizes({ header, groups, types, presets, allocator, loss }: SizesRequest): PredictedSizes {
  const choices = precisionOptions(groups, types, loss);
  const sum = (pick: (...bytes: number[]) => number): number =>
    choices.reduce((total, { options }) => total + pick(...options.map(({ bytes }) => bytes)), 0);
  const [least, most] = [sum(Math.min), sum(Math.max)];
  const recipes = Array.from({ length: STEPS }, (_, i): PredictedFile => {
    const allocation = allocate(choices, Math.floor(least + ((most - least) * i) / STEPS));
    return { bytes: allocator.fileBytes(allocation), loss: allocation.loss };
  });
  const levels = presets.flatMap((level): readonly PredictedFile[] => {
    const predicted = presetLoss(header, level, groups, loss);
    if (predicted === null) return [];
    return [{ label: level, bytes: levelFileBytes(header, level, { importanceMatrix: true }), loss: predicted }];
  });
  return { presets: levels, recipes };
}

/** By group, each tensor at its part of what the whole group loses at the tensor's type; null for unknown types. */
export function presetLoss(
  header: ModelHeader,
  level: Level,
  groups: readonly PrecisionGroup[],
  loss: GroupLoss,
): number | null {
  const { tensors } = presetTypes(header, level, { importanceMatrix: true });
  const typeOf = new Map(tensors.map(({ name, type }) => [name, type]));
  let sum = 0;
  for (const group of groups) {
    for (const { name } of group.tensors) {
      const type = typeOf.get(name);
      const part = type === undefined || type === null ? null : loss(group, type);
      if (part === null) return null;
      sum += part / group.tensors.length;
    }
  }
  return sum;
}
