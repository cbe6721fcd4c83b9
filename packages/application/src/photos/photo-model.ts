import type { CallOptions, GenerateRequest, Level, RuntimeCapabilities } from '@plimsoll/domain';
import type { GenerateTextEvent, GenerateTextOptions } from '../generation/generate-text.js';

/** What rating photos needs of a backend. */
export interface PhotoModel {
  capabilities(): Promise<RuntimeCapabilities>;
  /** The variant that would answer, made when it is missing; what it is known by stays the same while its file does. */
  identify(model: string, level: Level | undefined, options?: CallOptions): Promise<string>;
  generate(request: GenerateRequest, options: GenerateTextOptions): AsyncIterable<GenerateTextEvent>;
  /** Bytes that a loaded variant holds; null when it is not loaded or unknown. */
  residentBytes(variant: string, options?: CallOptions): Promise<number | null>;
}
