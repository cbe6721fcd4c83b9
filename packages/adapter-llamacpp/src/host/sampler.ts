import { InvalidInputError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { TokenDataArray } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';

/** llama.cpp's default for the least probability relative to the best token. */
const MIN_P = 0.05;

/**
 * Picks tokens from the logits of a context. Under a grammar a token is first picked freely: asking the grammar about
 * one token is cheap, about a whole vocabulary it takes longer than a small model's step. Only where the free choice
 * breaks the grammar is it asked about every token.
 */
export class Sampler {
  readonly #llama: Engine['llama'];
  readonly #free: Pointer;
  /** The grammar, then the same samplers; null without a grammar. */
  readonly #strict: { readonly chain: Pointer; readonly grammar: Pointer } | null;
  /** One `llama_token_data`: token, logit, probability. */
  readonly #one: DataView = new DataView(new ArrayBuffer(12));
  readonly #array: TokenDataArray;

  /** @throws InvalidInputError for a grammar that the engine does not accept. */
  constructor({ llama }: Engine, vocab: Pointer, request: SessionRequest) {
    this.#llama = llama;
    this.#array = { data: koffi.address(new Uint8Array(this.#one.buffer)), size: 1, selected: -1, sorted: false };
    const grammar = request.grammar === null ? null : llama.samplerGrammar(vocab, request.grammar, 'root');
    if (request.grammar !== null && grammar === null) {
      throw new InvalidInputError('The engine does not accept the grammar made from the JSON schema.', {
        hint: 'Simplify the schema.',
      });
    }
    this.#free = llama.chainInit({ no_perf: true });
    this.#addChoice(this.#free, request);
    this.#strict = grammar === null ? null : { chain: llama.chainInit({ no_perf: true }), grammar };
    if (this.#strict !== null) {
      llama.chainAdd(this.#strict.chain, grammar);
      this.#addChoice(this.#strict.chain, request);
    }
  }

  /** The next token by the logits at `index` of the last batch. */
  sample(context: Pointer, index: number): number {
    const token = this.#llama.sample(this.#free, context, index);
    if (this.#strict === null) return token;
    if (!this.#allows(this.#strict.grammar, token)) return this.#llama.sample(this.#strict.chain, context, index);
    this.#llama.samplerAccept(this.#strict.chain, token);
    return token;
  }

  free(): void {
    this.#llama.samplerFree(this.#free);
    if (this.#strict !== null) this.#llama.samplerFree(this.#strict.chain);
  }

  #allows(grammar: Pointer, token: number): boolean {
    this.#one.setInt32(0, token, true);
    this.#one.setFloat32(4, 0, true);
    this.#llama.samplerApply(grammar, this.#array);
    // A token that breaks the grammar is given the logit of the impossible.
    return this.#one.getFloat32(4, true) !== -Infinity;
  }

  #addChoice(chain: Pointer, request: SessionRequest): void {
    const llama = this.#llama;
    if (request.temperature <= 0) {
      llama.chainAdd(chain, llama.samplerGreedy());
      return;
    }
    llama.chainAdd(chain, llama.samplerTopK(request.topK));
    llama.chainAdd(chain, llama.samplerTopP(request.topP, 1));
    llama.chainAdd(chain, llama.samplerMinP(MIN_P, 1));
    llama.chainAdd(chain, llama.samplerTemperature(request.temperature));
    llama.chainAdd(chain, llama.samplerDist(request.seed));
  }
}
