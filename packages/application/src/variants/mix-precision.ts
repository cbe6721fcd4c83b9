import {
  InvalidInputError,
  levelFileBytes,
  precisionGroups,
  precisionOptions,
  typeFactors,
  type Allocation,
  type CallOptions,
  type GroupLoss,
  type Level,
  type MeasuredWhole,
  type ModelHeader,
  type PrecisionGroup,
  type RecipeEntry,
  type SensitivityPrior,
  type TensorErrors,
  type TensorType,
} from '@plimsoll/domain';
import { measureSensitivity, sensitivityEvaluations } from './measure-sensitivity.js';
import { goalAllocator, weightsOf, type MixGoal } from './mix-goal.js';
import { predictedSizes, type PredictedSizes } from './predicted-sizes.js';
import type { PrecisionProbe, PriorStore, ProbedFile } from './precision-probe.js';

/** A recipe, before it is judged. */
export interface PrecisionPlan {
  readonly entries: readonly RecipeEntry[];
  /** Bytes of the file. */
  readonly fileBytes: number;
  readonly bitsPerWeight: number;
  /** Nats per token, by the sum over groups. */
  readonly predictedLoss: number;
  /** The best preset of no more bytes; null when all are larger. */
  readonly preset: { readonly level: Level; readonly fileBytes: number } | null;
  readonly groups: readonly PlannedGroup[];
  readonly sizes: PredictedSizes;
  /** Files that were made and measured for it, or known. */
  readonly evaluations: number;
}

/** One group of a plan. */
export interface PlannedGroup {
  readonly name: string;
  readonly type: TensorType;
  readonly bytes: number;
  readonly predictedLoss: number;
  readonly tensors: readonly string[];
  /** What the group loses alone at about three bits, all else as it was: nats per token. */
  readonly sensitivity: number;
}

/** How a plan and the preset of its size fared on text that was not used for choosing. */
export interface PrecisionVerdict {
  readonly loss: number;
  readonly presetLoss: number | null;
  /** Whether the recipe is no worse than the preset. */
  readonly keeps: boolean;
}

/** Types to choose from: the K and IQ types, and those of short blocks for rows that 256 does not divide. */
const TYPES: readonly TensorType[] = [
  ...(['Q2_K', 'IQ2_S', 'IQ3_XXS', 'IQ3_S', 'Q3_K', 'IQ4_XS', 'IQ4_NL', 'Q4_K', 'Q5_K', 'Q5_1'] as const),
  ...(['Q6_K', 'Q8_0'] as const),
];
/** Evaluations that a model takes at most, those of whole candidates among them. */
const MOST_EVALUATIONS = 60;
const MOST_CANDIDATES = 4;
/** Families of inputs that are known, and room for two more. */
const FAMILIES = 5;
/** Presets that a recipe is held against. */
const PRESETS: readonly Level[] = [
  ...(['Q6_K', 'Q5_K_M', 'Q5_K_S', 'Q4_K_M', 'Q4_K_S', 'IQ4_XS', 'Q3_K_L', 'Q3_K_M', 'Q3_K_S', 'IQ3_XXS'] as const),
  ...(['Q2_K', 'Q2_K_S'] as const),
];

/** A whole file that was chosen and measured. */
interface Candidate {
  readonly allocation: Allocation;
  readonly entries: readonly RecipeEntry[];
  readonly loss: number;
}

/** Chooses types by tensor from measured sensitivities. */
export class MixPrecision {
  readonly #probe: PrecisionProbe;
  readonly #priors: PriorStore<SensitivityPrior> | null;

  /** @param priors what earlier models of an architecture showed: the next one takes fewer evaluations */
  constructor(probe: PrecisionProbe, priors: PriorStore<SensitivityPrior> | null = null) {
    this.#probe = probe;
    this.#priors = priors;
  }

  /** @throws InvalidInputError for a goal that nothing reaches, and whatever the probe throws */
  async plan(
    header: ModelHeader,
    goal: MixGoal,
    options: CallOptions & { readonly onProgress?: ((done: number, total: number) => void) | undefined } = {},
  ): Promise<PrecisionPlan> {
    const { signal, onProgress } = options;
    demandFullPrecision(header);
    const groups = precisionGroups(header, MOST_EVALUATIONS - MOST_CANDIDATES - FAMILIES);
    // What no measurement can change is refused before the first one.
    const allocator = goalAllocator(header, groups, TYPES, goal);
    const prior = await this.#priorFor(header.architecture);
    const total = sensitivityEvaluations({ header, groups, prior }) + MOST_CANDIDATES;
    let done = 0;
    const onDone = (): void => onProgress?.(++done, total);
    onProgress?.(0, total);
    const errors = await this.#errors(groups, signal);
    const measured = await measureSensitivity(this.#probe, { header, groups, errors, prior }, { signal, onDone });
    if (measured.prior !== null) await this.#priors?.write(header.architecture, measured.prior);
    const candidates: Candidate[] = [];
    const wholes: MeasuredWhole[] = [];
    let corrected = measured.loss;
    while (candidates.length < MOST_CANDIDATES) {
      const factors = typeFactors(wholes);
      corrected = (group, type) => {
        const loss = measured.loss(group, type);
        return loss === null ? null : loss * (factors.get(type) ?? 1);
      };
      const allocation = allocator.allocate(precisionOptions(groups, TYPES, corrected));
      const entries = entriesOf(groups, allocation);
      if (candidates.some((one) => same(one.entries, entries))) break;
      const call = { signal, onDone };
      const [loss = Number.NaN] = await this.#probe.losses([{ kind: 'recipe', entries }], 'selection', call);
      candidates.push({ allocation, entries, loss });
      wholes.push({ parts: partsOf(groups, allocation, measured.loss), loss });
    }
    const { allocation, entries } = best(candidates, goal);
    const fileBytes = allocator.fileBytes(allocation);
    const presets = PRESETS.map((level) => ({
      level,
      fileBytes: levelFileBytes(header, level, { importanceMatrix: true }),
    }));
    return {
      entries,
      fileBytes,
      bitsPerWeight: (fileBytes * 8) / weightsOf(header),
      predictedLoss: allocation.loss,
      preset: presets.find((preset) => allocator.admits(preset.fileBytes, allocation)) ?? null,
      groups: groups.map(({ name, tensors }, i) => {
        const { type = 'Q8_0', bytes = 0, loss = 0 } = allocation.choices[i] ?? {};
        const sensitivity = measured.alone.get(name)?.loss ?? 0;
        return { name, type, bytes, predictedLoss: loss, tensors: tensors.map((one) => one.name), sensitivity };
      }),
      sizes: predictedSizes({ header, groups, types: TYPES, presets: PRESETS, allocator, loss: corrected }),
      evaluations: measured.evaluations + candidates.length,
    };
  }

  /** Holds a plan against the preset of its size, on text that was not used for choosing. */
  async judge({ entries, preset }: PrecisionPlan, options: CallOptions = {}): Promise<PrecisionVerdict> {
    const files: readonly ProbedFile[] = [
      { kind: 'recipe', entries },
      ...(preset === null ? [] : [{ kind: 'preset', level: preset.level } as const]),
    ];
    const [loss = Number.NaN, presetLoss = null] = await this.#probe.losses(files, 'judging', options);
    return { loss, presetLoss, keeps: presetLoss === null || loss <= presetLoss };
  }

  async #errors(groups: readonly PrecisionGroup[], signal: AbortSignal | undefined): Promise<TensorErrors> {
    const names = groups.flatMap(({ tensors }) => tensors.map(({ name }) => name));
    const found = await this.#probe.errors(names, TYPES, { signal });
    const byTensor = new Map(found.map(({ tensor, type, error }) => [`${tensor} ${type}`, error]));
    return (tensor, type) => byTensor.get(`${tensor} ${type}`) ?? null;
  }

  /** Of another model: one that was measured itself is known better than by its like. */
  async #priorFor(architecture: string): Promise<SensitivityPrior | null> {
    const prior = (await this.#priors?.read(architecture)) ?? null;
    return prior === null || prior.source === (await this.#probe.source()) ? null : prior;
  }
}

/** @throws InvalidInputError unless the weights of a model are as they were published */
export function demandFullPrecision(header: ModelHeader): void {
  const types = precisionGroups(header, 1).flatMap(({ tensors }) => tensors.map(({ type }) => type));
  if (types.length > 0 && types.every((type) => type === 'F16' || type === 'BF16' || type === 'F32')) return;
  throw new InvalidInputError('The source is already quantized; a recipe for it would lose quality twice.', {
    hint: 'Start from an F16, BF16 or F32 file.',
  });
}

function entriesOf(groups: readonly PrecisionGroup[], { choices }: Allocation): readonly RecipeEntry[] {
  return groups.flatMap(({ tensors }, i) =>
    tensors.map(({ name }): RecipeEntry => ({ tensor: name, type: choices[i]?.type ?? 'Q8_0' })),
  );
}

function same(one: readonly RecipeEntry[], other: readonly RecipeEntry[]): boolean {
  return one.every(({ type }, i) => type === other[i]?.type);
}

function partsOf(
  groups: readonly PrecisionGroup[],
  { choices }: Allocation,
  predicted: GroupLoss,
): ReadonlyMap<TensorType, number> {
  const parts = new Map<TensorType, number>();
  groups.forEach((group, i) => {
    const type = choices[i]?.type ?? 'Q8_0';
    parts.set(type, (parts.get(type) ?? 0) + (predicted(group, type) ?? 0));
  });
  return parts;
}

/** The candidate that lost least; where a loss is allowed, the smallest that lost no more. */
function best(candidates: readonly Candidate[], goal: MixGoal): Candidate {
  const byLoss = [...candidates].sort((a, b) => a.loss - b.loss);
  const allowed = goal.kind === 'max-loss' ? byLoss.filter(({ loss }) => loss <= goal.nats) : [];
  const [first] = [...allowed].sort((a, b) => a.allocation.bytes - b.allocation.bytes).concat(byLoss);
  if (first === undefined) throw new InvalidInputError('No recipe was found.');
  return first;
}
