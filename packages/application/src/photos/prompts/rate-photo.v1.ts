import type { JsonSchema } from '@plimsoll/domain';

/** What the model is told about a photo beside the picture, or instead of it. */
export interface PhotoFactsForPrompt {
  /** One fact a line, in words. */
  readonly facts: readonly string[];
  readonly seesPicture: boolean;
}

/** Stands in every result. A changed prompt is a new file with a new version. */
const VERSION = 'rate-photo/1';

const words = (most: number): object => ({ type: 'array', maxItems: most, items: { type: 'string', maxLength: 40 } });

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    rating: { type: 'string', enum: ['excellent', 'good', 'fair', 'poor', 'bad'] },
    reasoning: { type: 'string', maxLength: 240 },
    suggested_tags: words(6),
    strengths: words(3),
    weaknesses: words(3),
  },
  required: ['rating', 'reasoning', 'suggested_tags', 'strengths', 'weaknesses'],
  additionalProperties: false,
};

const SYSTEM =
  'You are a photo editor who selects photos for a portfolio. You judge the moment, the light, the composition and ' +
  'the technical quality, and you use the whole range of ratings.';

function prompt({ facts, seesPicture }: PhotoFactsForPrompt): string {
  const subject = seesPicture
    ? 'Rate the attached photo. These facts were measured on it:'
    : 'Rate a photo that you cannot see by these facts, which were measured on it:';
  return (
    `${subject}\n${facts.map((fact) => `- ${fact}`).join('\n')}\n` +
    'Answer with one JSON object and nothing else, by this schema:\n' +
    JSON.stringify(SCHEMA)
  );
}

/** Asks for a rating in words, and for what speaks for it. */
export const RATE_PHOTO_V1 = { version: VERSION, system: SYSTEM, schema: SCHEMA, prompt } as const;
