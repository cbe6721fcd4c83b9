import type { JsonSchema } from '@plimsoll/domain';
import type { Task } from './task.js';

/** A task whose schema stands in the prompt, word for word. */
function schemaTask(id: string, request: string, schema: JsonSchema): Task {
  return {
    id,
    prompt: `${request}\nAnswer with one JSON value and nothing else. It must satisfy this JSON schema:\n${JSON.stringify(schema)}`,
    check: { kind: 'schema', schema },
  };
}

const text = { type: 'string', minLength: 1 };

/** An object with these properties, all of them needed and no others. */
const object = (properties: Readonly<Record<string, unknown>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** Eight prompts that ask for JSON of a shape: from a bare list to objects within objects. */
export const SCHEMA_TASKS: readonly Task[] = [
  schemaTask('json-list', 'Give three colours.', { type: 'array', items: text, minItems: 3, maxItems: 3 }),
  schemaTask('json-flat', 'Describe a boat.', object({ name: text, lengthMetres: { type: 'number', minimum: 1 } })),
  schemaTask(
    'json-enum',
    'The sentence is: "I love this calm sea." Tell its mood.',
    object({ mood: { enum: ['positive', 'neutral', 'negative'] } }),
  ),
  schemaTask(
    'json-integers',
    'Give the first four even numbers above zero.',
    object({ numbers: { type: 'array', items: { type: 'integer', minimum: 2 }, minItems: 4, maxItems: 4 } }),
  ),
  schemaTask(
    'json-nested',
    'A harbour is named Ravn and has berths 1 and 2; berth 2 is free.',
    object({
      harbour: text,
      berths: {
        type: 'array',
        minItems: 2,
        items: object({ number: { type: 'integer' }, free: { type: 'boolean' } }),
      },
    }),
  ),
  schemaTask(
    'json-null',
    'A ticket was sold to Ida. No seat was chosen, so the seat is null.',
    object({ buyer: text, seat: { type: ['integer', 'null'] } }),
  ),
  schemaTask(
    'json-pattern',
    'A train leaves at half past eight in the morning, platform 3.',
    object({ departure: { type: 'string', pattern: '^[0-2][0-9]:[0-5][0-9]$' }, platform: { type: 'integer' } }),
  ),
  schemaTask(
    'json-quotes',
    'Quote these words of the captain, quotation marks included: He said "no".',
    object({ quote: { type: 'string', pattern: '"' } }),
  ),
];
