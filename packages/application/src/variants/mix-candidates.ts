import {
  InvalidInputError,
  precisionOptions,
  typeFactors,
  type GroupLoss,
  type MeasuredWhole,
  type PrecisionGroup,
  type RecipeEntry,
  type TensorType,
  type TypeChoice,
} from '@plimsoll/domain';
import type { GoalAllocator } from './mix-goal.js';
import type { PrecisionProbe, ProbeOptions } from './precision-probe.js';

/** A whole file that was chosen and measured. */
export interface Candidate {
  readonly choice: TypeChoice;
  readonly entries: readonly RecipeEntry[];
  readonly loss: number;
}

/** What candidates are made from. */
export interface CandidateRequest {
  readonly groups: readonly PrecisionGroup[];
  readonly types: readonly TensorType[];
  readonly allocator: GoalAllocator;
  /** By the sum over groups, before a whole file was measured. */
  readonly loss: GroupLoss;
  /** Nats per token; for goals that bound the loss. */
  readonly mostLoss: number;
  /** How many are measured at most. */
  readonly most: number;
}

/** Whole files that were measured, and what is predicted after them. */
export interface MeasuredCandidates {
  readonly candidates: readonly Candidate[];
  readonly corrected: GroupLoss;
}

/** Chooses and measures whole files; each corrects the types that the next one is chosen by, until one comes again. */
export async function measureCandidates(
  probe: PrecisionProbe,
  { groups, types, allocator, loss: predicted, mostLoss, most }: CandidateRequest,
  options: ProbeOptions,
): Promise<MeasuredCandidates> {
  const candidates: Candidate[] = [];
  const wholes: MeasuredWhole[] = [];
  let corrected = predicted;
  while (candidates.length < most) {
    const factors = typeFactors(wholes);
    corrected = (group, type) => {
      const loss = predicted(group, type);
      return loss === null ? null : loss * (factors.get(type) ?? 1);
    };
    const choice = allocator.allocate(precisionOptions(groups, types, corrected), mostLoss);
    const entries = entriesOf(groups, choice);
    if (candidates.some((one) => same(one.entries, entries))) break;
    const [loss = Number.NaN] = await probe.losses([{ kind: 'recipe', entries }], 'selection', options);
    candidates.push({ choice, entries, loss });
    wholes.push({ parts: partsOf(groups, choice, predicted), loss });
  }
  return { candidates, corrected };
}

/** The candidate that lost least; where a loss is allowed, the one that costs least of those that lost no more. */
export function bestCandidate(
  candidates: readonly Candidate[],
  allowed: { readonly loss: number; readonly cost: (candidate: Candidate) => number } | null,
): Candidate {
  const byLoss = [...candidates].sort((a, b) => a.loss - b.loss);
  const within = allowed === null ? [] : byLoss.filter(({ loss }) => loss <= allowed.loss);
  const [first] = [...within].sort((a, b) => (allowed?.cost(a) ?? 0) - (allowed?.cost(b) ?? 0)).concat(byLoss);
  if (first === undefined) throw new InvalidInputError('No recipe was found.');
  return first;
}

function entriesOf(groups: readonly PrecisionGroup[], { choices }: TypeChoice): readonly RecipeEntry[] {
  return groups.flatMap(({ tensors }, i) =>
    tensors.map(({ name }): RecipeEntry => ({ tensor: name, type: choices[i]?.type ?? 'Q8_0' })),
  );
}

function same(one: readonly RecipeEntry[], other: readonly RecipeEntry[]): boolean {
  return one.every(({ type }, i) => type === other[i]?.type);
}

function partsOf(
  groups: readonly PrecisionGroup[],
  { choices }: TypeChoice,
  predicted: GroupLoss,
): ReadonlyMap<TensorType, number> {
  const parts = new Map<TensorType, number>();
  groups.forEach((group, i) => {
    const type = choices[i]?.type ?? 'Q8_0';
    parts.set(type, (parts.get(type) ?? 0) + (predicted(group, type) ?? 0));
  });
  return parts;
}
