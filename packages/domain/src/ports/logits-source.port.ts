import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { CallOptions } from './abort-signal.js';

/** One model as it is to be evaluated. */
export interface EvaluatedModel {
  readonly model: string;
  readonly kvCacheType: KvCacheType;
}

/** Which windows of which tokens to score. */
export interface ScoreRequest {
  /** The models under test. All of them and the reference are in memory at the same time. */
  readonly candidates: readonly EvaluatedModel[];
  /** The model they are held against, evaluated once for all; null scores each candidate alone. */
  readonly reference: EvaluatedModel | null;
  /** Token ids of the text, as `tokenize` gave them. */
  readonly tokens: Int32Array;
  /** Window length in tokens; the second half of each window is scored. */
  readonly windowTokens: number;
  /** First window to score, for resuming. */
  readonly firstWindow?: number | undefined;
  readonly threads?: number | undefined;
}

/** Scores of one window: parallel arrays, one entry per scored token. Natural logarithms. */
export interface WindowScores {
  /** Index of the window in the text. */
  readonly window: number;
  /** −ln p of the true token under the candidate. */
  readonly nll: Float64Array;
  /** The same under the reference; null when scored alone. */
  readonly referenceNll: Float64Array | null;
  /** KL divergence of the candidate from the reference over what was seen. */
  readonly kld: Float64Array | null;
  /** p(candidate) − p(reference) of the true token. */
  readonly deltaP: Float64Array | null;
  /** 1 where both have the same most likely token. */
  readonly sameTop: Uint8Array | null;
  /** Probability mass of the reference outside the tokens seen, per token; null for a full vocabulary. */
  readonly missingMass: Float64Array | null;
}

/** What is known of a model's vocabulary; two models can be compared when both fields agree. */
export interface VocabularyFacts {
  readonly size: number;
  /** Hash over the token texts, or null when the backend hides them. */
  readonly fingerprint: string | null;
}

/**
 * Teacher-forced log-probabilities of a text. Scoring happens beside the engine, because a window of logits
 * over a large vocabulary is hundreds of megabytes; only per-token scores travel.
 */
export interface LogitsSource {
  /** `full` vocabulary, or the k most likely tokens only. */
  readonly coverage: { readonly kind: 'full' } | { readonly kind: 'top-k'; readonly k: number };
  vocabulary(model: string, options?: CallOptions): Promise<VocabularyFacts>;
  /** Tokens of a text without special tokens parsed; BOS is added where the vocabulary says so. */
  tokenize(model: string, text: string, options?: CallOptions): Promise<Int32Array>;
  /** Yields windows in order, each as one entry per candidate. Memory does not grow with the text. */
  score(request: ScoreRequest, options?: CallOptions): AsyncIterable<readonly WindowScores[]>;
}
