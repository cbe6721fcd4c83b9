import {
  InvalidInputError,
  QualityAccumulator,
  UnsupportedModelError,
  isPlimsollError,
  shapeWith,
} from '@plimsoll/domain';
import type { CallOptions, EvaluatedModel, LogitsSource, QualityMeasurement } from '@plimsoll/domain';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareRequest } from './compare-request.js';
import type { NotMeasured } from './comparison.js';

/** A text ready to be scored. */
export interface PreparedText {
  readonly logits: LogitsSource;
  readonly tokens: Int32Array;
  readonly reference: ReadyCell;
}

/**
 * Whether the backend can tell the quality of the reference, and why not. Costs little: no text is read or written.
 * Null when it can.
 */
export async function whyNoQuality(
  { logits, runtime }: Pick<CompareDependencies, 'logits' | 'runtime'>,
  reference: ReadyCell,
  options: CallOptions,
): Promise<NotMeasured | null> {
  if (logits === null) return { what: 'quality', reason: { kind: 'no-log-probabilities', backend: runtime.id } };
  try {
    await logits.vocabulary(reference.variant, options);
    return null;
  } catch (error) {
    if (!isPlimsollError(error) || error.code !== 'capability-missing') throw error;
    return { what: 'quality', reason: { kind: 'refused', message: error.message, hint: error.hint } };
  }
}

/**
 * The tokens of the text.
 * @throws InvalidInputError for a text that is too short
 */
export async function prepareText(
  logits: LogitsSource,
  text: string,
  windowTokens: number,
  reference: ReadyCell,
  options: CallOptions,
): Promise<PreparedText> {
  const tokens = await logits.tokenize(reference.variant, text, options);
  if (tokens.length < 2 * windowTokens) {
    throw new InvalidInputError(
      `The text has ${tokens.length} tokens; two windows of ${windowTokens} are the least to measure on.`,
      {
        hint: 'Give a longer text or shorter windows.',
        remedies: [{ kind: 'use-options', options: { text: 'FILE', window: 'N' } }],
      },
    );
  }
  return { logits, tokens, reference };
}

/**
 * Looks whether variants have the reference's vocabulary.
 * @throws UnsupportedModelError for one that differs
 */
export async function checkVocabularies(
  logits: LogitsSource,
  reference: ReadyCell,
  variants: readonly string[],
  options: CallOptions,
): Promise<void> {
  const expected = await logits.vocabulary(reference.variant, options);
  for (const variant of variants) {
    const found = await logits.vocabulary(variant, options);
    if (found.size === expected.size && found.fingerprint === expected.fingerprint) continue;
    throw new UnsupportedModelError(
      `${variant} has another vocabulary than ${reference.variant}; their answers cannot be compared token by token.`,
      {
        hint: 'Compare variants of one and the same model, or leave quality out.',
        remedies: [{ kind: 'use-options', options: { 'no-quality': '' } }],
      },
    );
  }
}

/** Scores cells against the reference in one pass over the whole text and keeps a record of each. */
export async function measureQuality(
  { recorder }: CompareDependencies,
  request: CompareRequest,
  comparisonId: string,
  { logits, tokens, reference }: PreparedText,
  cells: readonly ReadyCell[],
  onFraction: (fraction: number) => void,
  options: CallOptions,
): Promise<readonly QualityMeasurement[]> {
  const accumulators = cells.map(() => new QualityAccumulator(logits.coverage));
  const windows = Math.floor(tokens.length / request.windowTokens);
  const evaluated = ({ variant, kvCache }: ReadyCell): EvaluatedModel => ({ model: variant, kvCacheType: kvCache });
  const score = {
    candidates: cells.map(evaluated),
    reference: evaluated(reference),
    tokens,
    windowTokens: request.windowTokens,
  };
  for await (const perCell of logits.score(score, options)) {
    perCell.forEach((scores, i) => accumulators[i]?.record(scores));
    onFraction(((perCell[0]?.window ?? 0) + 1) / windows);
  }
  const kept: QualityMeasurement[] = [];
  for (const [i, cell] of cells.entries()) {
    const measurement = {
      kind: 'quality' as const,
      model: request.model,
      variant: cell.variant,
      level: cell.level,
      shape: shapeWith(cell),
      digest: cell.ready.digest,
      comparisonId,
      succeeded: true,
      quality: accumulators[i]?.result() ?? null,
    };
    kept.push(await recorder.record(measurement, options));
  }
  return kept;
}
