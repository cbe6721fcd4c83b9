import type { LogitsSource, WindowScores } from '@plimsoll/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from './code-of.js';

/** What a source of log-probabilities brings to its contract suite. */
export interface LogitsSourceSubject {
  readonly source: LogitsSource;
  readonly model: string;
  /** Long enough for two windows of 32 tokens. */
  readonly text: string;
  /** How far apart two answers to one question may be: a server that goes on from its cache rounds anew. Default 0. */
  readonly rounding?: number;
  readonly dispose?: () => Promise<void>;
}

const WINDOW = 32;

/** What every source of log-probabilities does. */
export function describeLogitsSourceContract(name: string, create: () => Promise<LogitsSourceSubject>): void {
  describe(`${name} is a LogitsSource`, () => {
    let subject: LogitsSourceSubject;
    let tokens: Int32Array;
    beforeAll(async () => {
      subject = await create();
      tokens = (await subject.source.tokenize(subject.model, subject.text)).slice(0, 2 * WINDOW);
    });
    afterAll(() => subject.dispose?.());
    const scores = async (firstWindow: number, signal?: AbortSignal): Promise<readonly (readonly WindowScores[])[]> => {
      const all: (readonly WindowScores[])[] = [];
      const model = { model: subject.model, kvCacheType: 'f16' } as const;
      const request = { candidates: [model], reference: model, tokens, windowTokens: WINDOW, firstWindow };
      for await (const one of subject.source.score(request, { signal })) all.push(one);
      return all;
    };

    test('knows a vocabulary, and says the same of it twice', async () => {
      const { source, model } = subject;
      const facts = await source.vocabulary(model);
      expect(facts.size).toBeGreaterThan(1);
      expect(await source.vocabulary(model)).toEqual(facts);
    });

    test('a text has the same tokens each time', async () => {
      expect(tokens).toHaveLength(2 * WINDOW);
      expect((await subject.source.tokenize(subject.model, subject.text)).slice(0, 2 * WINDOW)).toEqual(tokens);
    });

    test('scores windows in order, and a model against itself does not differ', async () => {
      const windows = await scores(0);
      expect(windows.map(([first]) => first?.window)).toEqual([0, 1]);
      for (const { nll, referenceNll, kld, sameTop } of windows.flat()) {
        expect(nll.length).toBeGreaterThan(0);
        expect(Math.min(...nll)).toBeGreaterThanOrEqual(-1e-6);
        const { rounding = 0 } = subject;
        expect(referenceNll).toHaveLength(nll.length);
        for (const [index, value] of nll.entries()) {
          expect(Math.abs(value - (referenceNll?.[index] ?? NaN))).toBeLessThanOrEqual(rounding);
        }
        for (const value of kld ?? []) expect(Math.abs(value)).toBeLessThan(1e-6 + rounding);
        for (const same of sameTop ?? []) expect(same).toBe(1);
      }
    });

    test('goes on from a later window', async () => {
      expect((await scores(1)).map(([first]) => first?.window)).toEqual([1]);
    });

    test('a signal that is already aborted is a cancelled error', async () => {
      expect(await codeOf(scores(0, AbortSignal.abort()))).toBe('cancelled');
    });
  });
}
