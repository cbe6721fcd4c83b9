import type { BuildMethod, BuiltVariant, VariantLevel } from '@plimsoll/domain';
import type { QuantizeDocument } from '../schemas/quantize.schema.js';

/** What a quantization was asked for, and how long it took. */
export interface QuantizeFacts {
  readonly model: string;
  readonly level: VariantLevel;
  readonly importanceMatrix: string | null;
  readonly mixed: QuantizeDocument['mixed'];
  readonly durationMs: number;
}

/** The JSON document of a variant that was made. */
export function quantizeDocument(
  built: BuiltVariant & { readonly method: BuildMethod },
  { model, level, importanceMatrix, mixed, durationMs }: QuantizeFacts,
): QuantizeDocument {
  const { name, path, method, sizeBytes, digest } = built;
  return {
    ...{ schema: 'plimsoll.quantize/1', model, level, dryRun: false, name, path, method },
    ...{ importanceMatrix, sizeBytes, digest, mixed, durationMs },
  };
}

/** The JSON document of a variant that would be made. */
export function quantizeDryRunDocument(
  sizeBytes: number | null,
  { model, level, importanceMatrix, mixed, durationMs }: QuantizeFacts,
): QuantizeDocument {
  return {
    ...{ schema: 'plimsoll.quantize/1', model, level, dryRun: true, name: null, path: null, method: null },
    ...{ importanceMatrix, sizeBytes, digest: null, mixed, durationMs },
  };
}
