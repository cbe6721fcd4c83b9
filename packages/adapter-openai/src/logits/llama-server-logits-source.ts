import { CapabilityMissingError, InvalidInputError, throwIfCancelled } from '@plimsoll/domain';
import type { CallOptions, LogitsSource, ScoreRequest, VocabularyFacts, WindowScores } from '@plimsoll/domain';
import { modelListAnswer } from '@plimsoll/protocol/openai';
import { z } from 'zod';
import { parseEndpoint } from '../http/endpoint.js';
import type { Endpoint } from '../http/endpoint.js';
import { OpenAiHttp } from '../http/openai-http.js';
import { DEFAULT_TIMEOUTS } from '../http/timeouts.js';
import type { HttpTimeouts } from '../http/timeouts.js';
import { modelEntries } from '../wire/model-entry.js';
import { serverKind } from '../wire/server-kind.js';
import { topTokenDivergence, topTokenNll, unseenMass } from './top-tokens.js';
import type { TopTokens } from './top-tokens.js';

/** How to reach the server, and how many tokens to see. */
export interface LlamaServerLogitsSourceOptions {
  readonly baseUrl: string;
  readonly apiKey?: string | null | undefined;
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /** Best tokens per position; 64 when absent. More make the bounds tighter and the answers longer. */
  readonly topTokens?: number | undefined;
}

const tokensSchema = z.object({ tokens: z.array(z.number().int()) });

const topSchema = z
  .object({
    completion_probabilities: z
      .array(z.object({ top_logprobs: z.array(z.object({ id: z.number(), logprob: z.number() })) }))
      .min(1),
  })
  .transform(({ completion_probabilities: [first] }): TopTokens => {
    return new Map(first?.top_logprobs.map(({ id, logprob }) => [id, logprob]));
  });

/**
 * Teacher-forced log-probabilities of the best tokens, asked of a llama-server position by position; its prompt cache
 * makes each one token of work. Perplexity and divergence are lower bounds. Windows are those of llama-perplexity:
 * BOS in front where the vocabulary adds one, and the second half is scored. The server decides on the KV cache.
 */
export class LlamaServerLogitsSource implements LogitsSource {
  readonly coverage: { readonly kind: 'top-k'; readonly k: number };
  readonly #endpoint: Endpoint;
  readonly #http: OpenAiHttp;

  /** @throws InvalidConfigError for an unusable address or key. */
  constructor(options: LlamaServerLogitsSourceOptions) {
    this.coverage = { kind: 'top-k', k: options.topTokens ?? 64 };
    this.#endpoint = parseEndpoint(options.baseUrl, options.apiKey ?? null);
    this.#http = new OpenAiHttp(this.#endpoint, { ...DEFAULT_TIMEOUTS, ...options.timeouts });
  }

  /** @throws CapabilityMissingError when the server is no llama-server. */
  async vocabulary(model: string, options?: CallOptions): Promise<VocabularyFacts> {
    const call = { path: `${this.#endpoint.apiPath}/models`, task: 'list its models', signal: options?.signal };
    const entries = modelEntries(await this.#http.json(call, modelListAnswer));
    const entry = entries.find(({ id, aliases }) => id === model || aliases.includes(model));
    if (entry === undefined || entry.vocabularySize === null || !serverKind(entry.ownedBy).llamaFields) {
      throw new CapabilityMissingError(`The server does not tell the vocabulary of ${model}.`, {
        hint: 'Measuring quality takes a llama-server, or the embedded engine with the model file.',
      });
    }
    return { size: entry.vocabularySize, fingerprint: null };
  }

  async tokenize(model: string, text: string, options?: CallOptions): Promise<Int32Array> {
    const body = { model, content: text, add_special: true, parse_special: false };
    const call = { path: '/tokenize', task: 'tokenize a text', body, model, signal: options?.signal, patient: true };
    return Int32Array.from((await this.#http.json(call, tokensSchema)).tokens);
  }

  async *score(request: ScoreRequest, options?: CallOptions): AsyncGenerator<readonly WindowScores[]> {
    const { tokens, windowTokens, firstWindow = 0, candidates, reference } = request;
    if (!Number.isInteger(windowTokens) || windowTokens < 4 || tokens.length < windowTokens) {
      throw new InvalidInputError(`The text has ${tokens.length} tokens; one window takes ${windowTokens}.`, {
        hint: 'Give a longer text or a shorter window of at least 4 tokens.',
      });
    }
    // A llama-server evaluates its own model whatever name it is asked for.
    for (const { model } of [...candidates, ...(reference === null ? [] : [reference])]) {
      await this.vocabulary(model, options);
    }
    const [named] = candidates;
    if (named === undefined) throw new InvalidInputError('There is no model to score.');
    const [bos] = await this.tokenize(named.model, '', options);
    const first = windowTokens >> 1;
    const windows = Math.floor(tokens.length / windowTokens);
    for (let window = firstWindow; window < windows; window += 1) {
      const piece = [...tokens.subarray(window * windowTokens, (window + 1) * windowTokens)];
      if (bos !== undefined) piece[0] = bos;
      const all = candidates.map(() => emptyScores(window, windowTokens - 1 - first, reference !== null));
      for (let at = first; at < windowTokens - 1; at += 1) {
        throwIfCancelled(options?.signal);
        const prompt = piece.slice(0, at + 1);
        const [base, ...seen] = await Promise.all([
          reference === null ? null : this.#topTokens(reference.model, prompt, options),
          ...candidates.map(({ model }) => this.#topTokens(model, prompt, options)),
        ]);
        all.forEach((scores, i) => {
          const one = seen[i];
          if (one !== undefined) record(scores, at - first, one, base, piece[at + 1] ?? 0);
        });
      }
      yield all;
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  async #topTokens(model: string, prompt: readonly number[], options: CallOptions | undefined): Promise<TopTokens> {
    const body = { model, prompt, n_predict: 1, n_probs: this.coverage.k, temperature: 0, cache_prompt: true };
    const call = { path: '/completion', task: 'score a token', body, model, signal: options?.signal, patient: true };
    return this.#http.json(call, topSchema);
  }
}

function emptyScores(window: number, count: number, compared: boolean): WindowScores {
  const column = (): Float64Array => new Float64Array(count);
  return {
    window,
    nll: column(),
    referenceNll: compared ? column() : null,
    kld: compared ? column() : null,
    deltaP: compared ? column() : null,
    sameTop: compared ? new Uint8Array(count) : null,
    missingMass: column(),
  };
}

function record(scores: WindowScores, at: number, seen: TopTokens, base: TopTokens | null, next: number): void {
  const { nll, referenceNll, kld, deltaP, sameTop, missingMass } = scores;
  nll[at] = topTokenNll(seen, next);
  if (missingMass !== null) missingMass[at] = unseenMass(seen, seen.keys());
  if (base === null || !referenceNll || !kld || !deltaP || !sameTop || !missingMass) return;
  const one = topTokenDivergence(base, seen, next);
  referenceNll[at] = one.referenceNll;
  kld[at] = one.kld;
  deltaP[at] = one.deltaP;
  sameTop[at] = one.sameTop ? 1 : 0;
  missingMass[at] = one.missingMass;
}
