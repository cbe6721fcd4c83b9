import { InvalidInputError } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';

/** llama.cpp's default for the least probability relative to the best token. */
const MIN_P = 0.05;

/** Builds the chain that picks tokens; free it with `samplerFree`. */
export function buildSampler({ llama }: Engine, vocab: Pointer, request: SessionRequest): Pointer {
  const chain = llama.chainInit({ no_perf: true });
  if (request.grammar !== null) {
    const grammar = llama.samplerGrammar(vocab, request.grammar, 'root');
    if (grammar === null) {
      llama.samplerFree(chain);
      throw new InvalidInputError('The engine does not accept the grammar made from the JSON schema.', {
        hint: 'Simplify the schema.',
      });
    }
    llama.chainAdd(chain, grammar);
  }
  if (request.temperature <= 0) {
    llama.chainAdd(chain, llama.samplerGreedy());
    return chain;
  }
  llama.chainAdd(chain, llama.samplerTopK(request.topK));
  llama.chainAdd(chain, llama.samplerTopP(request.topP, 1));
  llama.chainAdd(chain, llama.samplerMinP(MIN_P, 1));
  llama.chainAdd(chain, llama.samplerTemperature(request.temperature));
  llama.chainAdd(chain, llama.samplerDist(request.seed));
  return chain;
}
