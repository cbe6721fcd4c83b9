import { InvalidInputError, tokenDivergence, tokenNll } from '@plimsoll/domain';
import type { WindowScores } from '@plimsoll/domain';
import type { ScoreJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import { ScoredModel } from './scored-model.js';

/**
 * Scores a text window by window. As in `llama-perplexity`, BOS replaces the first token of a window where the
 * vocabulary adds one, and the positions from the middle on predict the token after them.
 */
export async function score(engine: Engine, request: ScoreJob, job: Job): Promise<null> {
  const { tokens, windowTokens } = request;
  const reference = request.reference === null ? null : await ScoredModel.open(engine, request.reference, request);
  const candidates: ScoredModel[] = [];
  for (const file of request.candidates) {
    job.check();
    const candidate = await ScoredModel.open(engine, file, request);
    if (reference !== null) demandSameVocabulary(reference, candidate);
    candidates.push(candidate);
  }
  const first = windowTokens >> 1;
  const windows = Math.floor(tokens.length / windowTokens);
  for (let window = request.firstWindow; window < windows; window++) {
    job.check();
    const piece = tokens.slice(window * windowTokens, (window + 1) * windowTokens);
    const bos = candidates[0]?.bos ?? null;
    if (bos !== null) piece[0] = bos;
    // Each model has its own memory for logits: the rows can be read where they lie.
    const base = reference === null ? null : await reference.evaluate(piece, first, job);
    const scores: WindowScores[] = [];
    for (const candidate of candidates) {
      const logits = await candidate.evaluate(piece, first, job);
      scores.push(windowScores(window, base, logits, piece, first, candidate.vocabularySize));
    }
    job.emit(scores);
    await job.breathe(true);
  }
  return null;
}

function demandSameVocabulary(reference: ScoredModel, candidate: ScoredModel): void {
  if (reference.vocabularySize === candidate.vocabularySize) return;
  throw new InvalidInputError(
    `The vocabularies differ: ${reference.vocabularySize} tokens in the reference, ` +
      `${candidate.vocabularySize} in the model under test.`,
    { hint: 'Compare two levels of the same model.' },
  );
}

function windowScores(
  window: number,
  reference: Float32Array | null,
  candidate: Float32Array,
  tokens: Int32Array,
  first: number,
  size: number,
): WindowScores {
  const scored = tokens.length - 1 - first;
  const nll = new Float64Array(scored);
  const referenceNll = reference === null ? null : new Float64Array(scored);
  const kld = reference === null ? null : new Float64Array(scored);
  const deltaP = reference === null ? null : new Float64Array(scored);
  const sameTop = reference === null ? null : new Uint8Array(scored);
  for (let i = 0; i < scored; i++) {
    const row = candidate.subarray(i * size, (i + 1) * size);
    const next = tokens[first + i + 1] ?? 0;
    if (reference === null || referenceNll === null || kld === null || deltaP === null || sameTop === null) {
      nll[i] = tokenNll(row, next);
      continue;
    }
    const one = tokenDivergence(reference.subarray(i * size, (i + 1) * size), row, next);
    nll[i] = one.nll;
    referenceNll[i] = one.referenceNll;
    kld[i] = one.kld;
    deltaP[i] = one.deltaP;
    sameTop[i] = one.sameTop ? 1 : 0;
  }
  return { window, nll, referenceNll, kld, deltaP, sameTop, missingMass: null };
}
