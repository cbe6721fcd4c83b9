import type { PlanModelRequest, QuantizationSettings } from '@plimsoll/application';
import type { CompareDocument, ModelsDocument, PlanDocument, RerankDocument, StatsDocument } from '@plimsoll/contract';
import type { GpuManager } from './gpu-manager.js';
import type { CallOptions, GenerateRequest, GenerationTimings, VariantLevel } from '@plimsoll/domain';

/** What to generate; sampling settings as in `GenerateRequest`. */
export type GenerateOptions = Omit<GenerateRequest, 'model' | 'input'> &
  CallOptions & {
    readonly system?: string | undefined;
    /** Base64 images, for models that see. */
    readonly images?: readonly string[] | undefined;
    /** A level that wins over the settings. */
    readonly level?: VariantLevel | undefined;
    /** Whether a missing variant is made; yes when absent. */
    readonly make?: boolean | undefined;
    /** Hears the text as it comes. */
    readonly onText?: ((text: string) => void) | undefined;
  };

/** An answer, and which variant gave it how fast. */
export interface GeneratedText {
  readonly text: string;
  readonly variant: string;
  /** Null when the backend does not tell. */
  readonly level: VariantLevel | null;
  readonly timings: GenerationTimings;
}

/** How documents are ranked. */
export interface RerankOptions extends CallOptions {
  /** How many of the best are told; all when absent. */
  readonly topN?: number | undefined;
  /** A level that wins over the settings. */
  readonly level?: VariantLevel | undefined;
  /** Whether a missing variant is made; yes when absent. */
  readonly make?: boolean | undefined;
}

/** What to compare; times and memory always, quality when there is a text. */
export interface CompareQuantizationOptions extends CallOptions {
  readonly prompt?: string | undefined;
  /** F16, Q8_0 and Q4_K_M when absent: the founding full, 8 and 4 bits. */
  readonly levels?: readonly VariantLevel[] | undefined;
  readonly reference?: VariantLevel | undefined;
  /** Timed runs per level; 3 when absent. */
  readonly iterations?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** A text to measure quality on. */
  readonly text?: string | undefined;
  readonly windowTokens?: number | undefined;
  /** Whether missing levels are made; yes when absent. */
  readonly make?: boolean | undefined;
}

/**
 * One client that asks for a model and gets the right variant, with performance recorded per model. What it answers is
 * what `--json` prints and the REST API sends: the documents of `@plimsoll/contract`.
 */
export interface Plimsoll {
  /** Memory and heat, and the hand on what gives way. */
  readonly gpu: GpuManager;
  /** @throws VariantNotFoundError, ModelNotFoundError, BackendUnreachableError, CancelledError */
  generate(model: string, prompt: string, options?: GenerateOptions): Promise<GeneratedText>;
  /**
   * Ranks documents by how well they fit a query, with a model that was trained for it.
   * @throws CapabilityMissingError for any other model, or a backend that cannot; and as `generate`
   */
  rerank(model: string, query: string, documents: readonly string[], options?: RerankOptions): Promise<RerankDocument>;
  /** Takes effect with the next call. @throws InvalidInputError for bits other than 4, 8 and 16 */
  setQuantization(enabled: boolean, bits?: number): Promise<QuantizationSettings>;
  getQuantizationSettings(): Promise<QuantizationSettings>;
  /** Per model and variant; of one model when it is given. */
  getPerformanceStats(model?: string): Promise<StatsDocument['variants']>;
  compareQuantization(model: string, options?: CompareQuantizationOptions): Promise<CompareDocument>;
  listModels(options?: CallOptions): Promise<ModelsDocument['models']>;
  checkModelExists(model: string, options?: CallOptions): Promise<boolean>;
  /** What fits on this machine or a described one, how fast, how good. */
  plan(request: PlanModelRequest, options?: CallOptions): Promise<PlanDocument>;
  /** Unloads what this client loaded. It is not used afterwards. */
  close(): Promise<void>;
}
