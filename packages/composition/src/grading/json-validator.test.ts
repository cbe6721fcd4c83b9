import { SCHEMA_TASKS } from '@plimsoll/application';
import { describe, expect, it } from 'vitest';
import { createJsonValidator } from './json-validator.js';

/** One right and one wrong answer to every task of the suite, written from the prompts. */
const ANSWERS: Readonly<Record<string, readonly [right: unknown, wrong: unknown]>> = {
  'json-list': [
    ['red', 'green', 'blue'],
    ['red', 'green'],
  ],
  'json-flat': [
    { name: 'Alma', lengthMetres: 12.5 },
    { name: 'Alma', lengthMetres: '12' },
  ],
  'json-enum': [{ mood: 'positive' }, { mood: 'happy' }],
  'json-integers': [{ numbers: [2, 4, 6, 8] }, { numbers: [0, 2, 4, 6] }],
  'json-nested': [
    {
      harbour: 'Ravn',
      berths: [
        { number: 1, free: false },
        { number: 2, free: true },
      ],
    },
    { harbour: 'Ravn', berths: [{ number: 1 }, { number: 2, free: true }] },
  ],
  'json-null': [{ buyer: 'Ida', seat: null }, { buyer: 'Ida' }],
  'json-pattern': [
    { departure: '08:30', platform: 3 },
    { departure: '8.30', platform: 3 },
  ],
  'json-quotes': [{ quote: 'He said "no".' }, { quote: 'He said no.', more: true }],
};

describe('createJsonValidator', () => {
  it.each(SCHEMA_TASKS.map((task) => [task.id, task] as const))(
    'tells right from wrong in %s',
    async (id, { check }) => {
      const validate = await createJsonValidator();
      if (check.kind !== 'schema') throw new Error('not a schema');
      const [right, wrong] = ANSWERS[id]!;
      expect([validate(check.schema, right), validate(check.schema, wrong)]).toEqual([true, false]);
    },
  );

  it('reads the drafts that are in use, and words it does not know', async () => {
    const validate = await createJsonValidator();
    const tuple = { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'string' }] };
    expect([validate(tuple, ['a']), validate(tuple, [1])]).toEqual([true, false]);
    expect(validate({ type: 'number', 'x-note': 'mine', format: 'euros' }, 4)).toBe(true);
  });

  it('refuses what is no schema', async () => {
    const validate = await createJsonValidator();
    expect(() => validate({ type: 'nothing' }, 1)).toThrow(/no JSON schema/);
  });
});
