import { BOUNDS as ASKABLE, InvalidInputError } from '@plimsoll/domain';
import type { LoadOptions } from '@plimsoll/domain';

/** `LLAMA_MAX_SEQ` of llama.cpp. */
const MOST_SEQUENCES = 256;
/** `GGML_MAX_N_THREADS`. */
const MOST_THREADS = 512;
const MOST_TOKENS = 2 ** 31 - 1;
const MOST_BATCH_TOKENS = 2 ** 20;
const MOST_LAYERS = 2 ** 16;

/** What may be asked for: the least and the most of each number. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  contextTokens: [1, MOST_TOKENS],
  parallel: [1, MOST_SEQUENCES],
  batchTokens: [1, MOST_BATCH_TOKENS],
  microBatchTokens: [1, MOST_BATCH_TOKENS],
  threads: [1, MOST_THREADS],
  gpuLayers: [0, MOST_LAYERS],
  expertLayersOnHost: [0, MOST_LAYERS],
};

/**
 * Refuses numbers that the engine would fail on, or worse.
 * @throws InvalidInputError naming the field and its bounds
 */
export function checkLoadOptions({ placement, ...load }: LoadOptions): void {
  const fields: Readonly<Record<string, unknown>> = { ...load, ...placement };
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = fields[name];
    if (value === undefined) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) continue;
    throw new InvalidInputError(
      `${name} is ${JSON.stringify(value)}; a whole number from ${least} to ${most} is needed.`,
    );
  }
  const { contextTokens = 1, parallel = 1 } = load;
  if (contextTokens * parallel > MOST_TOKENS) {
    throw new InvalidInputError(`${parallel} contexts of ${contextTokens} tokens are more than ${MOST_TOKENS} tokens.`);
  }
  const [least, most] = ASKABLE.adapterScale;
  for (const { path, scale } of load.adapters ?? []) {
    if (scale >= least && scale <= most) continue;
    throw new InvalidInputError(`The adapter ${path} has the scale ${scale}; ${least} to ${most} is possible.`);
  }
  if (placement?.split?.some((share) => !(share >= 0 && share <= 1)) === true) {
    throw new InvalidInputError(`split is ${placement.split.join(', ')}; shares from 0 to 1 are needed.`);
  }
}
