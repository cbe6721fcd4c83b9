import type { JsonSchema } from '@plimsoll/domain';

/** What the model is told about a photo beside the picture, or instead of it. */
export interface PhotoFactsForPrompt {
  /** One fact a line, in words. */
  readonly facts: readonly string[];
  readonly seesPicture: boolean;
}

/** Stands in every result. A changed prompt is a new file with a new version. */
const VERSION = 'rate-photo/2';

const texts = (most: number, maxLength: number): object => ({
  type: 'array',
  maxItems: most,
  items: { type: 'string', maxLength },
});

/**
 * Its longest answer has some 500 characters, so that a model which is held to it comes to an end within the tokens that
 * it is given: version 1 allowed 960, and small models ran out in the middle.
 */
const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    rating: { type: 'string', enum: ['excellent', 'good', 'fair', 'poor', 'bad'] },
    reasoning: { type: 'string', maxLength: 160 },
    suggested_tags: texts(4, 20),
    strengths: texts(2, 30),
    weaknesses: texts(2, 30),
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
export const RATE_PHOTO_V2 = { version: VERSION, system: SYSTEM, schema: SCHEMA, prompt } as const;
