import type { CallOptions, Level, QuantizationError, RecipeEntry, TensorType } from '@plimsoll/domain';

/** A file to be made and measured: a preset, or the source with some tensors in other types. */
export type ProbedFile =
  | { readonly kind: 'preset'; readonly level: Level }
  | { readonly kind: 'recipe'; readonly entries: readonly RecipeEntry[] };

/** The text that is used for choosing, and one that is used only once the choice is made. */
export type ProbeText = 'selection' | 'judging';

/** Options of a measurement. */
export interface ProbeOptions extends CallOptions {
  /** Called after each file that is measured now; one that is known costs no time. */
  readonly onDone?: (() => void) | undefined;
}

/** Makes files and measures how far they stray from their source. */
export interface PrecisionProbe {
  /** Whether files are made with an importance matrix. */
  readonly hasImportance: boolean;
  /** @throws InvalidInputError when the text is too short to choose and judge on */
  prepare(options: CallOptions): Promise<void>;
  /** Tells the source from other models, by what its file holds. */
  source(): Promise<string>;
  /** What types that are possible do to tensors, by their weights alone. What was found before is known. */
  errors(
    tensors: readonly string[],
    types: readonly TensorType[],
    options: CallOptions & { readonly onTensor?: (() => void) | undefined },
  ): Promise<readonly QuantizationError[]>;
  /** Mean KL divergence in nats per token of each file, on the same windows for all. Files measured before are known. */
  losses(files: readonly ProbedFile[], text: ProbeText, options: ProbeOptions): Promise<readonly number[]>;
  /** Which files were measured before. */
  known(files: readonly ProbedFile[], text: ProbeText): Promise<readonly boolean[]>;
  /** What a file takes among many, as a share of the time that it takes alone: many may be measured at once. */
  shareOfMany(): Promise<number>;
}

/** Keeps what was measured of models by their architecture. */
export interface PriorStore<Prior> {
  read(architecture: string): Promise<Prior | null>;
  write(architecture: string, prior: Prior): Promise<void>;
}
