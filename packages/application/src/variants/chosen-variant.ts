import type { BuildMethod, BuildOptions, VariantLevel, LoadOptions, PlimsollError } from '@plimsoll/domain';

/** The variant that runs for a model, and why. */
export interface ChosenVariant {
  readonly variant: string;
  /** Null when the backend does not tell. */
  readonly level: VariantLevel | null;
  readonly digest: string | null;
  /** How it was made just now, or null when it was there. */
  readonly made: BuildMethod | null;
  /** What the settings say about loading it; empty where the backend's own rules hold. */
  readonly load: LoadOptions;
  readonly reason:
    | 'quantization-off'
    | 'level-in-name'
    | 'already-quantized'
    | 'only-variant'
    | 'level-asked-for'
    | 'recommended'
    | 'settings'
    | 'fallback';
  /** With the reason `fallback`: what was wanted, and why it cannot be had now. */
  readonly wanted?:
    | { readonly level: VariantLevel; readonly error: PlimsollError; readonly isBeingMade?: boolean | undefined }
    | undefined;
}

/** How to choose. */
export interface ChooseOptions extends BuildOptions {
  /**
   * Whether a missing variant is made: first, or in the background while the best one that is there answers. Where
   * nothing could answer, it is made first all the same.
   */
  readonly make: boolean | 'in-background';
  /** Where nothing is made: whether the best one that is there stands in, as it would answer now. */
  readonly standIn?: boolean | undefined;
  /** A level that wins over the settings. */
  readonly level?: VariantLevel | undefined;
  /** Whether that level is what a plan recommends, and nobody asked for it. */
  readonly recommended?: boolean | undefined;
  /** Fail when the wanted variant cannot be made now; otherwise the best installed one stands in for it. */
  readonly strict?: boolean | undefined;
}
