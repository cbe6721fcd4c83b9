import type { PhotoEvaluation, PhotoLevelComparison, PhotoOutcome, QuantizationSettings } from '@plimsoll/application';
import type { StatsDocument } from '@plimsoll/contract';
import type { CallOptions, VariantLevel, SelectionPresetName } from '@plimsoll/domain';
import type { PlimsollOptions } from './plimsoll-options.js';

/** How the selector is set up. */
export interface AiSelectorOptions extends PlimsollOptions {
  /** Whether a model is asked; when absent, whether `llmModel` is given. */
  readonly enableLlm?: boolean | undefined;
  readonly llmModel?: string | undefined;
  /** As the settings say when absent. */
  readonly enableQuantization?: boolean | undefined;
  readonly quantizationBits?: number | undefined;
  /** Whether faces are looked for, by packages that are installed apart; no when absent. */
  readonly faces?: boolean | undefined;
  /** `general`, the founding weights, when absent. */
  readonly preset?: SelectionPresetName | undefined;
}

/** How a batch runs. */
export interface BatchOptions extends CallOptions {
  /** Called for each photo as it is done, in order. */
  readonly onOutcome?: ((outcome: PhotoOutcome) => void) | undefined;
  /** Whether the model is asked about photos, too, that the pixels alone reject; no when absent. */
  readonly askAboutRejects?: boolean | undefined;
}

/** What a comparison of levels on one photo runs. */
export interface ComparePerformanceOptions extends CallOptions {
  /** The first is the reference; F16, Q8_0 and Q4_K_M, the founding full, 8 and 4 bits, when absent. */
  readonly levels?: readonly VariantLevel[] | undefined;
}

/** The founding selector: rates photos by their pixels and by a local model. */
export interface AiSelector {
  /** @throws InvalidInputError about the photo; the backend's errors when the model cannot be asked at all */
  evaluate(path: string, options?: CallOptions): Promise<PhotoEvaluation>;
  /** A photo that cannot be read is an outcome with an error. */
  evaluateBatch(paths: readonly string[], options?: BatchOptions): Promise<readonly PhotoOutcome[]>;
  /** Those of at least the score, best first. */
  filterByQuality(outcomes: readonly PhotoOutcome[], minScore?: number): readonly PhotoEvaluation[];
  /** Takes effect with the next photo. @throws InvalidInputError for bits other than 4, 8 and 16 */
  setQuantization(enabled: boolean, bits?: number): Promise<QuantizationSettings>;
  getQuantizationSettings(): Promise<QuantizationSettings>;
  getPerformanceStats(): Promise<StatsDocument['variants']>;
  /** Per level: mean, least and greatest time, success rate, speedup, agreement, memory, invalid answers. */
  compareQuantizationPerformance(
    testImagePath: string,
    testIterations?: number,
    options?: ComparePerformanceOptions,
  ): Promise<PhotoLevelComparison>;
  close(): Promise<void>;
}
