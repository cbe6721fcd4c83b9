import { InvalidInputError, QualityAccumulator, UnsupportedModelError } from '@plimsoll/domain';
import type { CallOptions, LogitsSource, Measurement } from '@plimsoll/domain';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';

/** A text ready to be scored. */
export interface PreparedText {
  readonly logits: LogitsSource;
  readonly tokens: Int32Array;
  readonly reference: ReadyCell;
}

/**
 * The tokens of the text, after all that could make the quality run fail has been looked at. Null when no quality is
 * wanted, the backend cannot tell it, or there is nothing to hold the reference against.
 * @throws InvalidInputError for a text that is too short, UnsupportedModelError for vocabularies that differ
 */
export async function prepareText(
  { logits }: CompareDependencies,
  request: CompareRequest,
  cells: readonly ReadyCell[],
  options: CallOptions,
): Promise<PreparedText | null> {
  const [reference, ...others] = cells;
  if (request.text === null || logits === null || reference === undefined || others.length === 0) return null;
  const tokens = await logits.tokenize(reference.variant, request.text, options);
  if (tokens.length < 2 * request.windowTokens) {
    throw new InvalidInputError(
      `The text has ${tokens.length} tokens; two windows of ${request.windowTokens} are the least to measure on.`,
      { hint: 'Give a longer text with --text FILE, or shorter windows with --window N.' },
    );
  }
  const expected = await logits.vocabulary(reference.variant, options);
  for (const { variant } of others) {
    const found = await logits.vocabulary(variant, options);
    if (found.size === expected.size && found.fingerprint === expected.fingerprint) continue;
    throw new UnsupportedModelError(
      `${variant} has another vocabulary than ${reference.variant}; their answers cannot be compared token by token.`,
      { hint: 'Compare variants of one and the same model.' },
    );
  }
  return { logits, tokens, reference };
}

/** Scores the cell against the reference over the whole text and keeps the record. */
export async function measureQuality(
  { recorder }: CompareDependencies,
  request: CompareRequest,
  comparisonId: string,
  { logits, tokens, reference }: PreparedText,
  cell: ReadyCell,
  onFraction: (fraction: number) => void,
  options: CallOptions,
): Promise<Measurement> {
  const accumulator = new QualityAccumulator(logits.coverage);
  const windows = Math.floor(tokens.length / request.windowTokens);
  const score = {
    candidate: { model: cell.variant, kvCacheType: cell.kvCache },
    reference: { model: reference.variant, kvCacheType: reference.kvCache },
    tokens,
    windowTokens: request.windowTokens,
  };
  for await (const scores of logits.score(score, options)) {
    accumulator.record(scores);
    onFraction((scores.window + 1) / windows);
  }
  return recorder.record(
    {
      kind: 'quality',
      model: request.model,
      variant: cell.variant,
      level: cell.level,
      kvCache: cell.kvCache,
      digest: cell.ready.digest,
      comparisonId,
      succeeded: true,
      quality: accumulator.result(),
    },
    options,
  );
}
