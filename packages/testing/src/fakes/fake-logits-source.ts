import type { CallOptions, LogitsSource, ScoreRequest, VocabularyFacts, WindowScores } from '@plimsoll/domain';
import { CancelledError } from '@plimsoll/domain';

/** How far each model's answers are from the reference, and what its vocabulary is. */
export interface FakeLogitsOptions {
  /** Divergence per token of a model; 0 when absent. */
  readonly divergence?: (model: string) => number;
  readonly vocabulary?: (model: string) => VocabularyFacts;
}

/** A logits source without a model: one token per character, the same score for each. */
export class FakeLogitsSource implements LogitsSource {
  readonly coverage = { kind: 'full' } as const;
  /** Every score request it was given. */
  readonly requests: ScoreRequest[] = [];
  readonly #options: FakeLogitsOptions;

  constructor(options: FakeLogitsOptions = {}) {
    this.#options = options;
  }

  async vocabulary(model: string): Promise<VocabularyFacts> {
    return this.#options.vocabulary?.(model) ?? { size: 256, fingerprint: 'bytes' };
  }

  async tokenize(_model: string, text: string): Promise<Int32Array> {
    return Int32Array.from(text, (character) => character.codePointAt(0) ?? 0);
  }

  async *score(request: ScoreRequest, options?: CallOptions): AsyncIterable<readonly WindowScores[]> {
    this.requests.push(request);
    const windows = Math.floor(request.tokens.length / request.windowTokens);
    const scored = Math.floor(request.windowTokens / 2) - 1;
    for (let window = request.firstWindow ?? 0; window < windows; window += 1) {
      if (options?.signal?.aborted) throw new CancelledError('The scoring was cancelled.');
      yield request.candidates.map(({ model }) => {
        const divergence = this.#options.divergence?.(model) ?? 0;
        return {
          window,
          nll: new Float64Array(scored).fill(2 + divergence),
          referenceNll: new Float64Array(scored).fill(2),
          kld: new Float64Array(scored).fill(divergence),
          deltaP: new Float64Array(scored).fill(-divergence / 10),
          sameTop: new Uint8Array(scored).fill(divergence > 0.5 ? 0 : 1),
          missingMass: null,
        };
      });
    }
  }
}
