import type { CallOptions, GenerateRequest, RuntimeCapabilities } from '@plimsoll/domain';
import type { GenerateTextEvent, GenerateTextOptions } from '../generation/generate-text.js';

/** What rating photos needs of a backend. */
export interface PhotoModel {
  capabilities(): Promise<RuntimeCapabilities>;
  generate(request: GenerateRequest, options: GenerateTextOptions): AsyncIterable<GenerateTextEvent>;
  /** Bytes that a loaded variant holds; null when it is not loaded or unknown. */
  residentBytes(variant: string, options?: CallOptions): Promise<number | null>;
}
