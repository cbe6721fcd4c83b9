import type {
  ExpectedMatrix,
  Footprint,
  FootprintModelOptions,
  GenerateEvent,
  ImportanceSummary,
  KvCacheType,
  LoadOptions,
  QuantizationError,
  RerankResult,
  RunShape,
  TensorOverride,
  TensorType,
  TypeSpeeds,
  WindowScores,
} from '@plimsoll/domain';
import type { DroppedCache, LoadedModel } from '@plimsoll/local-models';
import type { EngineOptions } from './engine-options.js';
import type { WireError } from './wire-error.js';

/** A device that the engine can put layers on. */
export interface EngineDevice {
  /** The engine's own name, such as `Vulkan0`. */
  readonly id: string;
  /** The hardware's name. */
  readonly name: string;
  /** Whether it uses the machine's own memory. */
  readonly unified: boolean;
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
}

/** How a model is loaded for use. */
export interface SessionOptions {
  readonly path: string;
  /** As it was asked for; what is absent is decided in the engine's process and told in `SessionFacts.shape`. */
  readonly load: LoadOptions;
  /** Thread counts for single tokens and for batches, in the order of trying; the fastest is found so. */
  readonly decodeThreads: readonly number[];
  readonly batchThreads: readonly number[];
}

/** A model that is loaded. */
export interface SessionFacts extends LoadedModel {
  /** Whether the model can continue a text, and whether it pools its output into one vector. */
  readonly generates: boolean;
  readonly pools: boolean;
}

/** A generation, after the runtime has applied its defaults. */
export interface SessionRequest {
  readonly input:
    | { readonly kind: 'raw'; readonly prompt: string }
    /** A gap to be filled. */
    | { readonly kind: 'between'; readonly prompt: string; readonly suffix: string }
    | { readonly kind: 'messages'; readonly messages: readonly { readonly role: string; readonly content: string }[] };
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  /** Null: until the context is full. */
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  /** A grammar in llama.cpp's GBNF with the root rule `root`, or null. */
  readonly grammar: string | null;
  readonly topLogprobs: number;
  readonly think: boolean | null;
  /** Whether tokens that the context still holds may be used again. */
  readonly reuse: boolean;
}

/** Documents to be ranked by a query. */
export interface RerankJob {
  readonly query: string;
  readonly documents: readonly string[];
}

/** A file to be evaluated, and the type of its cache. */
export interface ScoredFile {
  readonly path: string;
  readonly kvCacheType: KvCacheType;
}

/** A scoring job. */
export interface ScoreJob {
  readonly candidates: readonly ScoredFile[];
  readonly reference: ScoredFile | null;
  readonly tokens: Int32Array;
  readonly windowTokens: number;
  readonly firstWindow: number;
  /** Thread counts in the order of trying. */
  readonly threads: readonly number[];
}

/** A quantization job. */
export interface QuantizeJob {
  readonly source: string;
  readonly fileType: number;
  readonly overrides: readonly TensorOverride[];
  readonly allowRequantize: boolean;
  readonly threads: number;
  /** Path of an importance matrix, or null. */
  readonly importanceMatrix: string | null;
  /** One that is still to be collected, for a plan. */
  readonly expectedMatrix: ExpectedMatrix | null;
  /** Keys to add to the header. */
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** Asks what types do to tensors. */
export interface QuantizationErrorJob {
  readonly source: string;
  /** Path of an importance matrix, or null. */
  readonly importanceMatrix: string | null;
  readonly tensors: readonly string[];
  readonly types: readonly TensorType[];
}

/** Asks how fast types are multiplied. */
export interface TypeSpeedJob {
  readonly types: readonly TensorType[];
  /** Weights of the models that are made for it. */
  readonly weights: number;
  /** Where those are written. */
  readonly folder: string;
  /** Thread counts to try. */
  readonly threads: readonly number[];
}

/** A file with some tensors in other types. */
export interface SpliceJob {
  readonly source: string;
  readonly importanceMatrix: string | null;
  readonly target: string;
  readonly types: ReadonlyMap<string, TensorType>;
}

/** What a quantization job would give. */
export interface QuantizationPlan {
  readonly sizeBytes: number;
  readonly tensors: number;
  readonly needsImportanceMatrix: boolean;
}

/** What to collect an importance matrix from, and where to write it. */
export interface ImportanceJob {
  readonly source: string;
  readonly text: string;
  readonly dataset: string;
  readonly target: string;
  /** Null: 512, or what the model was trained for if that is less. */
  readonly windowTokens: number | null;
  readonly threads: number;
}

/** What was collected, and how much of it by an earlier run. */
export interface CollectedSums extends ImportanceSummary {
  readonly resumedWindows: number;
}

/** Every call that an engine process answers: its parameters, what it streams, and its result. */
export interface EngineCalls {
  info: { params: null; event: never; result: { readonly version: string; readonly flavor: string } };
  devices: { params: null; event: never; result: readonly EngineDevice[] };
  open: { params: SessionOptions; event: never; result: SessionFacts };
  dropCache: { params: null; event: never; result: DroppedCache | null };
  generate: { params: SessionRequest; event: GenerateEvent; result: null };
  rerank: { params: RerankJob; event: never; result: RerankResult };
  embed: { params: readonly string[]; event: never; result: readonly (readonly number[])[] };
  tokenize: { params: { readonly path: string; readonly text: string }; event: never; result: Int32Array };
  vocabulary: {
    params: { readonly path: string };
    event: never;
    result: { readonly size: number; readonly fingerprint: string };
  };
  score: { params: ScoreJob; event: readonly WindowScores[]; result: null };
  measure: { params: MeasureJob; event: never; result: Footprint };
  planQuantization: { params: QuantizeJob; event: never; result: QuantizationPlan };
  quantize: {
    params: QuantizeJob & { readonly target: string };
    event: { readonly completed: number; readonly total: number };
    result: null;
  };
  quantizationErrors: { params: QuantizationErrorJob; event: readonly QuantizationError[]; result: null };
  typeSpeeds: {
    params: TypeSpeedJob;
    event: never;
    /** `device`: the first that holds layers, or null for the processor. */
    result: Pick<TypeSpeeds, 'secondsPerWeight' | 'layerSeconds'> & { readonly device: string | null };
  };
  splice: { params: SpliceJob; event: never; result: null };
  collectImportance: {
    params: ImportanceJob;
    event: { readonly completed: number; readonly total: number };
    result: CollectedSums;
  };
  readImportance: {
    params: { readonly file: string; readonly copyTo: string | null };
    event: never;
    result: ImportanceSummary;
  };
}

/** Asks what a model would take. */
export interface MeasureJob {
  readonly path: string;
  readonly shape: RunShape;
  /** Whose logits are reserved: of the `last` token of each sequence, as for generating, or of `every` one. */
  readonly outputs: FootprintModelOptions['outputs'];
}

/** Name of a call. */
export type EngineCall = keyof EngineCalls;

/** What the parent sends. */
export type ToEngine =
  | { readonly kind: 'start'; readonly options: EngineOptions; readonly parent: number }
  | { readonly kind: 'call'; readonly id: number; readonly method: EngineCall; readonly params: unknown }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'taken'; readonly id: number; readonly count: number };

/** What the engine process sends. */
export type FromEngine =
  | { readonly kind: 'events'; readonly id: number; readonly events: readonly unknown[] }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError };

/** Events that may be on the way to a consumer before the engine waits for it. */
export const MAX_EVENTS_UNDERWAY = 512;

/** Events that a consumer takes before it says so: a message for each few would cost more than they do. */
export const EVENTS_PER_RECEIPT = 64;
