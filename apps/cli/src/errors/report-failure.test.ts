import { errorSchema } from '@plimsoll/contract/schemas';
import { BackendUnreachableError, CancelledError, InvalidInputError, NothingFitsError } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../output/style.js';
import { describeFailure, renderFailure, renderStack } from './report-failure.js';

describe('describeFailure', () => {
  it.each([
    [new InvalidInputError('No.'), 2],
    [new NothingFitsError('No.'), 3],
    [new BackendUnreachableError('No.'), 4],
    [new CancelledError('No.'), 130],
    [new DOMException('This operation was aborted', 'AbortError'), 130],
    [new TypeError('x is undefined'), 1],
    ['thrown text', 1],
    [Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }), 1],
  ])('gives %s the exit code %d', (failure, exitCode) => {
    const document = describeFailure(failure);
    expect(document.exitCode).toBe(exitCode);
    expect(errorSchema.safeParse(document).error).toBeUndefined();
  });
});

it('names what the system refused, wherever it happened', () => {
  const failure = Object.assign(new Error("EMFILE: too many open files, open '/x/index.js'"), { code: 'EMFILE' });
  expect(describeFailure(failure)).toMatchObject({
    code: 'storage-failed',
    message: 'This process may not open any more files.',
    hint: 'Raise the limit: ulimit -n 1024',
  });
});

describe('renderFailure', () => {
  it('says what happened and the way out, without a stack', () => {
    const failure = new BackendUnreachableError('No server answers.', { hint: 'Start it with: ollama serve\nOr not.' });
    expect(renderFailure(describeFailure(failure), PLAIN)).toBe(
      'Error: No server answers.\n  Start it with: ollama serve\n  Or not.',
    );
  });
});

describe('renderStack', () => {
  it('follows the causes', () => {
    const text = renderStack(new InvalidInputError('outer', { cause: new Error('inner') }));
    expect(text).toContain('outer');
    expect(text).toContain('caused by: Error: inner');
  });
});
