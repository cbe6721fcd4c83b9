import { RATING_WORDS } from '@plimsoll/domain';
import type { RatingWord } from '@plimsoll/domain';

/** A valid answer of the model. */
export interface ModelOpinion {
  readonly rating: RatingWord;
  readonly reasoning: string;
  readonly suggestedTags: readonly string[];
  readonly strengths: readonly string[];
  readonly weaknesses: readonly string[];
}

const MOST_TEXT = 2000;
const MOST_ITEMS = 20;

/** Reads an answer; null when it is not what was asked for. Servers may take a schema and ignore it. */
export function parseOpinion(text: string): ModelOpinion | null {
  const answer = parseObject(text.trim().replace(/^```(?:json)?\s*|\s*```$/g, ''));
  const rating = answer?.['rating'];
  const reasoning = answer?.['reasoning'];
  if (answer === null || !isRating(rating) || typeof reasoning !== 'string') return null;
  const [suggestedTags, strengths, weaknesses] = [
    textsIn(answer['suggested_tags']),
    textsIn(answer['strengths']),
    textsIn(answer['weaknesses']),
  ];
  if (suggestedTags === null || strengths === null || weaknesses === null) return null;
  return { rating, reasoning: reasoning.slice(0, MOST_TEXT), suggestedTags, strengths, weaknesses };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isRating(value: unknown): value is RatingWord {
  return typeof value === 'string' && Object.hasOwn(RATING_WORDS, value);
}

function textsIn(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const texts = value.filter((item): item is string => typeof item === 'string');
  const clean = texts.map((text) => text.trim().slice(0, MOST_TEXT)).filter((text) => text !== '');
  return texts.length === value.length ? [...new Set(clean)].slice(0, MOST_ITEMS) : null;
}
