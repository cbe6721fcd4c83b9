import type { GenerateEvent } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { Job } from './job.js';
import { joinText } from './join-text.js';

const text = (value: string, more: object = {}): GenerateEvent => ({ type: 'text', text: value, ...more });

describe('joinText', () => {
  it('joins neighbours of one kind', () => {
    expect(joinText(text('a'), text('b'))).toEqual(text('ab'));
    expect(joinText(text('a', { thinking: true }), text('b', { thinking: true }))).toEqual(
      text('ab', { thinking: true }),
    );
  });

  it.each([
    ['a thought and the answer', text('a', { thinking: true }), text('b')],
    ['a token with its log-probability', text('a', { logprob: -1, topLogprobs: [] }), text('b')],
    ['a token before one with its log-probability', text('a'), text('b', { logprob: -1, topLogprobs: [] })],
  ])('keeps %s apart', (_, before, next) => {
    expect(joinText(before, next)).toBeNull();
  });
});

describe('what a job sends', () => {
  it('joins what was emitted since the last message, never across messages', () => {
    const sent: unknown[][] = [];
    const job = new Job((events) => sent.push([...events]));
    for (const piece of ['a', 'b', 'c']) job.emit(text(piece), joinText);
    job.flush();
    job.emit(text('d'), joinText);
    job.emit(text('e', { thinking: true }), joinText);
    job.flush();
    expect(sent).toEqual([[text('abc')], [text('d'), text('e', { thinking: true })]]);
  });
});
