import type { ErrorAnswer } from './error-body.js';

/** A request that is refused with a certain answer, whatever the use cases would say. */
export class RefusedError extends Error {
  readonly answer: ErrorAnswer;

  constructor(answer: ErrorAnswer) {
    super(answer.body.error.message);
    this.name = 'RefusedError';
    this.answer = answer;
  }
}
