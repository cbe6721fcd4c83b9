import type { CallOptions, GenerateRequest, VariantLevel, RuntimeCapabilities } from '@plimsoll/domain';
import type { ChosenVariant } from '../variants/chosen-variant.js';
import type { GenerateTextEvent, GenerateTextOptions } from '../generation/generate-text.js';

/** What rating photos needs of a backend. */
export interface PhotoModel {
  capabilities(): Promise<RuntimeCapabilities>;
  /** The variant that is to answer, made when it is missing. */
  choose(model: string, level: VariantLevel | undefined, options?: CallOptions): Promise<ChosenVariant>;
  generate(request: GenerateRequest, options: GenerateTextOptions): AsyncIterable<GenerateTextEvent>;
  /** Bytes that a loaded variant holds; null when it is not loaded or unknown. */
  residentBytes(variant: string, options?: CallOptions): Promise<number | null>;
}
