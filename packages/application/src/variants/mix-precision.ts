import {
  InvalidInputError,
  LEVELS,
  precisionGroups,
  presetTypes,
  recipeOverrides,
  tokenSeconds,
  type CallOptions,
  type Level,
  type ModelHeader,
  type PrecisionGroup,
  type RecipeEntry,
  type SensitivityPrior,
  type TensorErrors,
  type TensorType,
  type TypeSpeeds,
  type TypedTensor,
} from '@plimsoll/domain';
import { askForTime, type TimeConsent } from './measuring-time.js';
import { measureSensitivity, sensitivityFiles } from './measure-sensitivity.js';
import { bestCandidate, measureCandidates, type Candidate } from './mix-candidates.js';
import { goalAllocator, weightsOf, type FastestGoal, type GoalAllocator, type MixGoal } from './mix-goal.js';
import { predictedSizes, type PredictedSizes } from './predicted-sizes.js';
import type { PrecisionProbe, PriorStore, ProbedFile } from './precision-probe.js';
import { rivalPreset, type RivalPreset } from './preset-rivals.js';

/** A recipe, before it is judged. */
export interface PrecisionPlan {
  readonly entries: readonly RecipeEntry[];
  /** Bytes of the file. */
  readonly fileBytes: number;
  readonly bitsPerWeight: number;
  /** Nats per token, by the sum over groups. */
  readonly predictedLoss: number;
  /** The best preset of no more bytes, or the fastest that loses no more; null when there is none. */
  readonly preset: RivalPreset | null;
  /** Null where speed was not asked for. */
  readonly speed: PlannedSpeed | null;
  readonly groups: readonly PlannedGroup[];
  readonly sizes: PredictedSizes;
  /** Files that were made and measured for it, or known. */
  readonly evaluations: number;
}

/** How fast a recipe is predicted to be, and how much it was allowed to lose for it. */
export interface PlannedSpeed {
  readonly within: FastestGoal['within'];
  /** Seconds per token of one sequence with an empty cache; null where the speed of a type is unknown. */
  readonly tokenSeconds: number | null;
  readonly presetTokenSeconds: number | null;
  readonly speeds: TypeSpeeds;
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
  /** What it may lose on that text; null where there is nothing to hold it against. */
  readonly mostLoss: number | null;
  /** Whether the recipe is no worse than the preset; for speed whether it is faster and loses no more than is allowed. */
  readonly keeps: boolean;
}

/** Types to choose from: the K and IQ types, and those of short blocks for rows that 256 does not divide. */
export const MIX_TYPES: readonly TensorType[] = [
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

/**
 * What is aimed at where a loss is allowed: on other text a file loses a few percent more or less than on that which it
 * was chosen on, and less so in comparison with a preset on the same text.
 */
const AIMED_SHARE = { nats: 0.9, preset: 0.95 } as const;

/** Options of a plan. */
export interface MixOptions extends CallOptions {
  /** Measurements that are done, those that were known among them from the first call on. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Tensors whose errors are known. */
  readonly onErrors?: ((done: number, total: number) => void) | undefined;
  /** Asked before a long time is taken. */
  readonly consent?: TimeConsent | undefined;
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

  /** @throws InvalidInputError for a goal that nothing reaches, and whatever the probe and `consent` throw */
  async plan(header: ModelHeader, goal: MixGoal, options: MixOptions = {}): Promise<PrecisionPlan> {
    const { signal, onProgress, consent } = options;
    const { groups, allocator } = checkGoal(header, goal);
    await this.#probe.prepare({ signal });
    const prior = await this.#priorFor(header.architecture);
    const errors = await this.#errors(groups, options);
    const request = { header, groups, errors, prior };
    const files = sensitivityFiles(request);
    const level = goal.kind === 'fastest' && 'level' in goal.within ? goal.within.level : null;
    const more = MOST_CANDIDATES + (level === null ? 0 : 1);
    if (consent !== undefined) await askForTime(this.#probe, files, more, consent, { signal });
    let done = (await this.#probe.known(files, 'selection')).filter(Boolean).length;
    const call = { signal, onDone: (): void => onProgress?.(++done, files.length + more) };
    onProgress?.(done, files.length + more);
    const measured = await measureSensitivity(this.#probe, request, call);
    if (measured.prior !== null) await this.#priors?.write(header.architecture, measured.prior);
    const bound = level === null ? null : await this.#probe.losses([{ kind: 'preset', level }], 'selection', call);
    const mostLoss = bound?.[0] ?? nats(goal);
    const { candidates, corrected } = await measureCandidates(
      this.#probe,
      {
        ...{ groups, types: MIX_TYPES, allocator, loss: measured.loss, most: MOST_CANDIDATES },
        mostLoss: goal.kind === 'fastest' ? mostLoss * AIMED_SHARE[level === null ? 'nats' : 'preset'] : mostLoss,
      },
      call,
    );
    const secondsOf = (entries: readonly RecipeEntry[]): number | null =>
      goal.kind === 'fastest' ? tokenSeconds(header, typesOf(header, entries), goal.speeds) : null;
    const cost = ({ entries, choice }: Candidate): number => secondsOf(entries) ?? choice.bytes;
    const { choice, entries } = bestCandidate(candidates, Number.isFinite(mostLoss) ? { loss: mostLoss, cost } : null);
    const fileBytes = allocator.fileBytes(choice);
    const presets = PRESETS.filter((one) => this.#probe.hasImportance || !LEVELS[one].needsImportanceMatrix);
    const preset = rivalPreset({ header, groups, presets, goal, allocator, choice, loss: corrected });
    return {
      entries,
      fileBytes,
      bitsPerWeight: (fileBytes * 8) / weightsOf(header),
      predictedLoss: choice.loss,
      preset,
      speed: goal.kind === 'fastest' ? speedOf(header, goal, secondsOf(entries), preset) : null,
      groups: groups.map(({ name, tensors }, i) => {
        const { type = 'Q8_0', bytes = 0, loss = 0 } = choice.choices[i] ?? {};
        const sensitivity = measured.alone.get(name)?.loss ?? 0;
        return { name, type, bytes, predictedLoss: loss, tensors: tensors.map((one) => one.name), sensitivity };
      }),
      sizes: predictedSizes({ header, groups, types: MIX_TYPES, presets, allocator, loss: corrected }),
      evaluations: measured.evaluations + candidates.length + (level === null ? 0 : 1),
    };
  }

  /** Holds a plan against its preset, on text that was not used for choosing. */
  async judge({ entries, preset, speed }: PrecisionPlan, options: CallOptions = {}): Promise<PrecisionVerdict> {
    const within = speed?.within ?? null;
    const bounding = within !== null && 'level' in within && within.level !== preset?.level ? within.level : null;
    const files: readonly ProbedFile[] = [
      { kind: 'recipe', entries },
      ...[preset?.level ?? null, bounding].flatMap((level) =>
        level === null ? [] : [{ kind: 'preset', level } as const],
      ),
    ];
    const [loss = Number.NaN, ...others] = await this.#probe.losses(files, 'judging', options);
    const presetLoss = preset === null ? null : (others[0] ?? null);
    const most = Math.max(
      presetLoss ?? -Infinity,
      bounding === null ? -Infinity : (others.at(-1) ?? -Infinity),
      within !== null && 'nats' in within ? within.nats : -Infinity,
    );
    const slower = speed !== null && (speed.presetTokenSeconds ?? Infinity) <= (speed.tokenSeconds ?? Infinity);
    const mostLoss = most === -Infinity ? null : most;
    return { loss, presetLoss, mostLoss, keeps: !slower && (mostLoss === null || loss <= mostLoss) };
  }

  async #errors(groups: readonly PrecisionGroup[], { signal, onErrors }: MixOptions): Promise<TensorErrors> {
    const names = groups.flatMap(({ tensors }) => tensors.map(({ name }) => name));
    let done = 0;
    const onTensor = (): void => onErrors?.(++done, names.length);
    const found = await this.#probe.errors(names, MIX_TYPES, { signal, onTensor });
    const byTensor = new Map(found.map(({ tensor, type, error }) => [`${tensor} ${type}`, error]));
    return (tensor, type) => byTensor.get(`${tensor} ${type}`) ?? null;
  }

  /** Of another model: one that was measured itself is known better than by its like. */
  async #priorFor(architecture: string): Promise<SensitivityPrior | null> {
    const prior = (await this.#priors?.read(architecture)) ?? null;
    return prior === null || prior.source === (await this.#probe.source()) ? null : prior;
  }
}

/** What a goal is reached with. @throws InvalidInputError for one that no measurement could make reachable */
export function checkGoal(
  header: ModelHeader,
  goal: MixGoal,
): { readonly groups: readonly PrecisionGroup[]; readonly allocator: GoalAllocator } {
  demandFullPrecision(header);
  const groups = precisionGroups(header, MOST_EVALUATIONS - MOST_CANDIDATES - FAMILIES);
  return { groups, allocator: goalAllocator(header, groups, MIX_TYPES, goal) };
}

/** @throws InvalidInputError unless the weights of a model are as they were published */
export function demandFullPrecision(header: ModelHeader): void {
  const types = precisionGroups(header, 1).flatMap(({ tensors }) => tensors.map(({ type }) => type));
  if (types.length > 0 && types.every((type) => type === 'F16' || type === 'BF16' || type === 'F32')) return;
  throw new InvalidInputError('The source is already quantized; a recipe for it would lose quality twice.', {
    hint: 'Start from an F16, BF16 or F32 file.',
  });
}

/** Nats that a goal allows; infinite where it allows any. */
function nats(goal: MixGoal): number {
  if (goal.kind === 'max-loss') return goal.nats;
  return goal.kind === 'fastest' && 'nats' in goal.within ? goal.within.nats : Infinity;
}

function typesOf(header: ModelHeader, entries: readonly RecipeEntry[]): readonly TypedTensor[] {
  return presetTypes(header, 'Q8_0', { overrides: recipeOverrides(entries) }).tensors;
}

function speedOf(
  header: ModelHeader,
  { within, speeds }: FastestGoal,
  tokenTime: number | null,
  preset: RivalPreset | null,
): PlannedSpeed {
  const tensors = preset === null ? null : presetTypes(header, preset.level, { importanceMatrix: true }).tensors;
  const presetTokenSeconds = tensors === null ? null : tokenSeconds(header, tensors, speeds);
  return { within, tokenSeconds: tokenTime, presetTokenSeconds, speeds };
}
