import type { Task } from '@plimsoll/application';
import { describe, expect, it } from 'vitest';
import { commandGrader } from './command-grader.js';

const TASK: Task = { id: 'one', prompt: 'Say "one".', check: { kind: 'exact', expected: 'one' } };

/** A grader written in JavaScript; runs on every platform that the program runs on. */
const script = (code: string): string => `"${process.execPath}" -e "${code.replaceAll('"', '\\"')}"`;

const READ_ANSWER = "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>";
const grade = (code: string, answer: string, timeoutMs?: number, signal?: AbortSignal) =>
  commandGrader(script(code), { env: process.env, timeoutMs })(TASK, answer, signal);

describe('commandGrader', () => {
  it('gives the answer on stdin and reads the score', async () => {
    expect(await grade(`${READ_ANSWER}console.log(t.length/2))`, 'three')).toEqual({ passed: null, score: 2.5 });
  });

  it('gives the task as JSON in PLIMSOLL_TASK', async () => {
    const code = "const t=JSON.parse(process.env.PLIMSOLL_TASK);console.log(t.id==='one'&&t.expected==='one'?1:0)";
    expect(await grade(code, '')).toEqual({ passed: null, score: 1 });
  });

  it('lets nothing that a model says reach the shell', async () => {
    const answer = '"; exit 3; echo "$(exit 3)" `exit 3` %PATH% && exit 3\n';
    expect(await grade(`${READ_ANSWER}console.log(t.length))`, answer)).toEqual({ passed: null, score: answer.length });
  });

  it.each([
    ["console.error('no model');process.exit(3)", 'exit code 3: no model', 'backend-failed'],
    ["console.log('good')", 'printed "good"', 'backend-failed'],
    ['0', 'printed nothing', 'backend-failed'],
    ['console.log(1/0)', 'must print one number', 'backend-failed'],
    ["console.log('1'.repeat(1e6));setInterval(()=>0,1000)", 'far too much', 'backend-failed'],
  ])('calls %j an error, not a score', async (code, message, errorCode) => {
    await expect(grade(code, 'x')).rejects.toMatchObject({
      code: errorCode,
      message: expect.stringContaining(message) as string,
    });
  });

  it('does not mind a grader that reads nothing', async () => {
    expect(await grade('console.log(4)', 'x'.repeat(1_000_000))).toEqual({ passed: null, score: 4 });
  });

  it('ends a grader that takes too long', async () => {
    await expect(grade('setInterval(()=>0,1000)', 'x', 200)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('ends with the comparison', async () => {
    const abort = new AbortController();
    const grading = grade('setInterval(()=>0,1000)', 'x', 60_000, abort.signal);
    abort.abort();
    await expect(grading).rejects.toMatchObject({ code: 'cancelled' });
    await expect(grade('console.log(1)', 'x', 60_000, abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
