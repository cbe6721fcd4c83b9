import { expect, test } from 'vitest';
import { CancelledError, StorageFailedError } from '@plimsoll/domain';
import { interrupted } from './mixed.interrupted.js';

test('an interruption says what is kept', () => {
  const cause = new CancelledError('Scoring was cancelled.');
  expect(interrupted(cause, 8)).toMatchObject({
    ...{ code: 'cancelled', message: 'Choosing types was interrupted; 8 measurements are kept.', cause },
    hint: 'The same command goes on from there.',
  });
  expect(interrupted(cause, 1)).toMatchObject({ message: 'Choosing types was interrupted; 1 measurement is kept.' });
});

test('nothing is promised where nothing was measured, nor of other failures', () => {
  const [early, full] = [new CancelledError('Scoring was cancelled.'), new StorageFailedError('The disk is full.')];
  expect(interrupted(early, 0)).toBe(early);
  expect(interrupted(full, 8)).toBe(full);
});
