import { CapabilityMissingError, InvalidInputError } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import { POOLING_MEAN, POOLING_RANK, pooledOutput } from './pooled-output.js';
import { withSession } from './session.js';
import { tokenize } from './vocabulary.js';

/**
 * One unit vector per text. A model that names a way of pooling is pooled so; any other by the mean, which is
 * what most embedding models use.
 * @throws CapabilityMissingError for a model that ranks documents
 */
export async function embed(
  engine: Engine,
  texts: readonly string[],
  job: Job,
): Promise<readonly (readonly number[])[]> {
  return withSession(async (state) => {
    const named = engine.llama.poolingType(state.context);
    if (named === POOLING_RANK) throw new CapabilityMissingError('This model ranks documents; it makes no embeddings.');
    const vectors: (readonly number[])[] = [];
    for (const text of texts) {
      await job.breathe(true);
      const tokens = tokenize(engine, state.vocab, text, true, false);
      if (tokens.length === 0 || tokens.length > state.contextTokens) {
        const message = `A text of ${tokens.length} tokens cannot be embedded; 1 to ${state.contextTokens} can.`;
        throw new InvalidInputError(message, { hint: 'Split the text, or ask for a longer context.' });
      }
      vectors.push(unit(await pooledOutput(engine, state, named > 0 ? named : POOLING_MEAN, tokens, job)));
    }
    return vectors;
  });
}

function unit(vector: Float32Array): readonly number[] {
  let sum = 0;
  for (const x of vector) sum += x * x;
  const length = Math.sqrt(sum) || 1;
  return Array.from(vector, (x) => x / length);
}
