import { expect, test } from 'vitest';
import { EXACT_ANSWER_TASKS } from './exact-answer-suite.js';
import { SCHEMA_TASKS } from './schema-suite.js';
import { checkingGrader } from './task-grader.js';

const grade = checkingGrader(() => true);

/** Answers written by hand from the prompts, not from the suite's own expectations. */
const ANSWERS: Readonly<Record<string, string>> = {
  'sum-two-digits': `${47 + 38}`,
  'sum-carry': `${268 + 457}`,
  difference: `${503 - 178}`,
  'product-one-digit': `${7 * 8}`,
  'product-two-digits': `${13 * 17}`,
  quotient: `${144 / 12}`,
  'two-steps': `${6 * 9 - 14}`,
  brackets: `${(15 + 9) * 3}`,
  'fact-harbour': 'Tuesday',
  'fact-cargo': '30',
  'fact-tallest': 'Tove',
  'fact-last-change': 'Green.',
  'fact-owner': 'Odd',
  'fact-table': '7',
  'fact-count': '5',
  'fact-negation': 'The third crate.',
  'format-upper-case': 'HARBOUR',
  'format-list': '1,2,3,4,5',
  'format-yes': 'Yes.',
  'format-date': '2021-05-03',
  'format-reverse': 'mast rope sail',
  'format-tag': '<answer>anchor</answer>',
  'format-sort': 'ash oak pine',
  'format-lines': 'red\ngreen\nblue\n',
};

test('there are twenty-four exact answers and eight schemas, each with an id of its own', () => {
  expect([EXACT_ANSWER_TASKS.length, SCHEMA_TASKS.length]).toEqual([24, 8]);
  expect(new Set([...EXACT_ANSWER_TASKS, ...SCHEMA_TASKS].map(({ id }) => id)).size).toBe(32);
});

test.each(EXACT_ANSWER_TASKS.map((task) => [task.id, task] as const))(
  '%s is passed by its answer alone',
  async (id, task) => {
    const answer = ANSWERS[id] ?? '';
    expect(await grade(task, answer)).toEqual({ passed: true, score: null });
    for (const wrong of ['', 'I do not know.', `${answer}0`, 'harbour', 'No']) {
      expect(await grade(task, wrong)).toEqual({ passed: false, score: null });
    }
  },
);

test('the schema stands in the prompt, and an answer that is no JSON fails whatever the schema says', async () => {
  for (const task of SCHEMA_TASKS) {
    if (task.check.kind !== 'schema') throw new Error('not a schema');
    expect(task.prompt).toContain(JSON.stringify(task.check.schema));
    expect(await grade(task, 'Sure! {"a":1}')).toEqual({ passed: false, score: null });
    expect(await grade(task, '{"a":1}')).toEqual({ passed: true, score: null });
  }
});
