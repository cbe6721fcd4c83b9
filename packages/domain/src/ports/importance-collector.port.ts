import type { CallOptions } from './abort-signal.js';

/** What to collect an importance matrix from. */
export interface ImportanceRequest {
  /** Name or path of the model, best at full precision. */
  readonly model: string;
  /** Calibration text. */
  readonly text: string;
  /** Name of the text that the file records. */
  readonly dataset: string;
  /** Path of the file to write; without one it is kept, and found again, in a cache. */
  readonly target?: string | undefined;
  /** Window length in tokens; by default 512, or what the model was trained for if that is less. */
  readonly windowTokens?: number | undefined;
  readonly threads?: number | undefined;
}

/** What an importance matrix holds. */
export interface ImportanceSummary {
  /** Tensors in the matrix. */
  readonly tensors: number;
  /** Windows of the text that were evaluated, and their length in tokens; 0 where the file does not say. */
  readonly windows: number;
  readonly windowTokens: number;
  /** Names of the texts. */
  readonly datasets: readonly string[];
}

/** A matrix that was collected. */
export interface CollectedImportance extends ImportanceSummary {
  readonly path: string;
  /** Windows that an earlier run had evaluated: all of them when the matrix was in the cache. */
  readonly resumedWindows: number;
}

/** Options of a collection. */
export interface ImportanceOptions extends CallOptions {
  readonly onProgress?: ((windowsDone: number, windows: number) => void) | undefined;
}

/** Collects importance matrices: how large the inputs of each weight are over a calibration text. */
export interface ImportanceCollector {
  /** @throws InvalidInputError, ModelNotFoundError, StorageFailedError, CancelledError */
  collect(request: ImportanceRequest, options?: ImportanceOptions): Promise<CollectedImportance>;
  /** Where the matrix of a request without a target is kept, collected or not. @throws ModelNotFoundError */
  keptAt(request: ImportanceRequest): Promise<string>;
  /** What a file holds. @throws InvalidInputError when it is no importance matrix */
  read(file: string, options?: CallOptions): Promise<ImportanceSummary>;
  /** Writes a matrix to another file: llama.cpp's legacy format where it ends in `.dat`, else GGUF. */
  copy(file: string, target: string, options?: CallOptions): Promise<ImportanceSummary>;
}
