import { createPlan, isPlimsollError, isRecipeName, presetTypes } from '@plimsoll/domain';
import type {
  CallOptions,
  Clock,
  ExactFootprint,
  ExactNote,
  Footprint,
  FootprintOracle,
  VariantLevel,
  Measurement,
  MeasurementStore,
  ModelHeader,
  Plan,
  PlanCandidate,
  PlanRequest,
  PresetTensorType,
  RecipeName,
  RunShape,
} from '@plimsoll/domain';

/** Writes a header with these types of tensors to a file, lends its path, and removes it afterwards. */
export type WithHeaderFile = <Result>(
  header: ModelHeader,
  types: readonly PresetTensorType[],
  use: (path: string) => Promise<Result>,
) => Promise<Result>;

/** What asking the engine needs. */
export interface ExactPlanDependencies {
  readonly oracle: FootprintOracle;
  readonly withHeaderFile: WithHeaderFile;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newId: () => string;
}

/** How many questions, and who hears of them. */
export interface ExactPlanOptions extends CallOptions {
  /** Most candidates that the engine is asked about, the recommended one first. Default 8. */
  readonly mostCandidates?: number | undefined;
  readonly onProgress?: ((done: number, of: number, level: VariantLevel) => void) | undefined;
}

/** What a plan is refined from. */
export interface ExactPlanSubject {
  readonly request: PlanRequest;
  readonly header: ModelHeader;
  /** The level whose types are the header's own, or null when it does not say. */
  readonly ownLevel: VariantLevel | null;
  /** Tensors of the recipes among the levels. */
  readonly recipes: ReadonlyMap<RecipeName, readonly PresetTensorType[]>;
  /** Under which names the answers are kept. */
  readonly record: {
    readonly model: string;
    readonly device: string | null;
    readonly processor: string | null;
    readonly platform: string;
  };
}

const MOST_CANDIDATES = 8;

/**
 * The plan with the engine's own answers in place of the closed form: for the recommended candidate first, then for
 * the others as they stand, fitting ones before. An answer that moves the recommendation is followed. Where the engine
 * has none the closed form stays, and the plan says why. Every answer is kept beside what the closed form said.
 * @throws CancelledError, StorageFailedError when the answers cannot be kept
 */
export async function exactPlan(
  dependencies: ExactPlanDependencies & { readonly store: MeasurementStore },
  subject: ExactPlanSubject,
  options: ExactPlanOptions = {},
): Promise<Plan> {
  const { request } = subject;
  const answers = new Map<string, Answer>();
  const notes = new Map<string, ExactNote>();
  const records: Measurement[] = [];
  const footprint = (level: VariantLevel, shape: RunShape): Footprint => {
    const answer = answers.get(keyOf(level, shape));
    return answer?.exact != null && !answer.exact.onHost ? answer.footprint : request.footprint(level, shape);
  };
  const replan = (): Plan => createPlan({ ...request, footprint });
  let plan = replan();
  const most = Math.min(options.mostCandidates ?? MOST_CANDIDATES, plan.candidates.length);
  while (answers.size < most) {
    const next = nextQuestion(plan, answers);
    if (next === null) break;
    options.onProgress?.(answers.size, most, next.level);
    const answer = await ask(dependencies, subject, next, options);
    answers.set(keyOf(next.level, next.shape), answer);
    if (answer.note !== null) notes.set(`${answer.note.kind} ${answer.note.message}`, answer.note);
    if (answer.exact !== null) {
      records.push(recordOf(dependencies, subject, next, answer.exact));
      plan = replan();
    } else if (answer.hopeless) break;
  }
  if (records.length > 0) await dependencies.store.append(records);
  return withAnswers(plan, answers, [...notes.values()]);
}

interface Answer {
  readonly footprint: Footprint;
  readonly exact: ExactFootprint | null;
  readonly note: ExactNote | null;
  /** Whether the engine will say the same of every other candidate. */
  readonly hopeless: boolean;
}

const keyOf = (level: VariantLevel, shape: RunShape): string => `${level} ${JSON.stringify(shape)}`;

function nextQuestion(plan: Plan, answers: ReadonlyMap<string, Answer>): PlanCandidate | null {
  const first = plan.recommended === null ? [] : [plan.recommended.candidate];
  const fitting = plan.candidates.filter(({ fit }) => fit !== 'none');
  const rest = plan.candidates.filter(({ fit }) => fit === 'none');
  return [...first, ...fitting, ...rest].find(({ level, shape }) => !answers.has(keyOf(level, shape))) ?? null;
}

async function ask(
  dependencies: ExactPlanDependencies,
  { request, header, ownLevel, recipes }: ExactPlanSubject,
  { level, shape, footprint: planned }: PlanCandidate,
  options: CallOptions,
): Promise<Answer> {
  const typesOf = (of: VariantLevel): readonly PresetTensorType[] =>
    isRecipeName(of) ? (recipes.get(of) ?? []) : presetTypes(header, of).tensors;
  const measure = (at: RunShape): Promise<Footprint> =>
    dependencies.withHeaderFile(header, level === ownLevel ? [] : typesOf(level), (path) =>
      dependencies.oracle.measure(path, at, options),
    );
  const answered = (footprint: Footprint, closedFormBytes: number, onHost: boolean, note: ExactNote | null): Answer => {
    const { totalBytes } = footprint;
    const exact = { totalBytes, closedFormBytes, differenceBytes: totalBytes - closedFormBytes, onHost };
    return { footprint, exact, note, hopeless: false };
  };
  const failed = (error: unknown): Answer => {
    if (!isPlimsollError(error) || error.code === 'cancelled') throw error;
    const note = { kind: 'closed-form', message: error.message } as const;
    return { footprint: planned, exact: null, note, hopeless: error.code !== 'invalid-input' };
  };
  try {
    return answered(await measure(shape), request.footprint(level, shape).totalBytes, false, null);
  } catch (error) {
    const noDevice = isPlimsollError(error) && error.code === 'invalid-input' && shape.placement.split.length > 0;
    if (!noDevice) return failed(error);
    const onHost: RunShape = { ...shape, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } };
    try {
      const note = { kind: 'asked-on-host', message: error.message } as const;
      return answered(await measure(onHost), request.footprint(level, onHost).totalBytes, true, note);
    } catch (second) {
      return failed(second);
    }
  }
}

/** Nothing was resident, by which it is told apart from what a running model took. */
function recordOf(
  { clock, newId }: ExactPlanDependencies,
  { header, record }: ExactPlanSubject,
  { level, shape, variant }: PlanCandidate,
  exact: ExactFootprint,
): Measurement {
  const onDevice = !exact.onHost && shape.placement.split.length > 0;
  return {
    id: newId(),
    kind: 'footprint',
    atMs: clock.nowMs(),
    model: record.model,
    variant: variant.name,
    level,
    digest: null,
    architecture: header.architecture,
    shape: onDevice ? shape : { ...shape, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } },
    environment: {
      backend: 'embedded',
      engineBuild: null,
      device: onDevice ? record.device : record.processor,
      driver: null,
      platform: record.platform,
    },
    succeeded: true,
    errorCode: null,
    residentBytes: null,
    footprint: { predictedBytes: exact.closedFormBytes, observedBytes: exact.totalBytes },
    temperatureC: null,
    throttled: null,
    energyJ: null,
    comparisonId: null,
    foreign: false,
  };
}

function withAnswers(plan: Plan, answers: ReadonlyMap<string, Answer>, notes: readonly ExactNote[]): Plan {
  const marked = (candidate: PlanCandidate): PlanCandidate => {
    const exact = answers.get(keyOf(candidate.level, candidate.shape))?.exact ?? null;
    return exact === null ? candidate : { ...candidate, exact };
  };
  const answered = [...answers.values()].filter(({ exact }) => exact !== null).length;
  const { recommended } = plan;
  return {
    ...plan,
    candidates: plan.candidates.map(marked),
    recommended: recommended === null ? null : { ...recommended, candidate: marked(recommended.candidate) },
    exact: { asked: answers.size, answered, notes },
  };
}
