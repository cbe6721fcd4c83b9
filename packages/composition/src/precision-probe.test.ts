import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProbedFile } from '@plimsoll/application';
import { BackendFailedError } from '@plimsoll/domain';
import type { LogitsSource, ScoreRequest, TensorQuantizer, VariantBuilder, WindowScores } from '@plimsoll/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { precisionProbe } from './precision-probe.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-probe-'));
  await writeFile(path.join(folder, 'source.gguf'), 'weights');
});
afterAll(() => rm(folder, { recursive: true }));

/** A model whose files lose as much as the number of tensors that were given a type. */
function setUp(change: { readonly fails?: string; readonly tokens?: number } = {}) {
  const made = new Map<string, number>();
  const texts = new Map<string, string>();
  const scored: ScoreRequest[] = [];
  const tensors: Partial<TensorQuantizer> = {
    async splice({ target, types }) {
      if (change.fails !== undefined && types.has(change.fails)) throw new BackendFailedError('no');
      made.set(target, types.size);
    },
    async *errors({ tensors: names, types }) {
      for (const tensor of names) yield types.map((type) => ({ tensor, type, error: tensor.length }));
    },
  };
  const builder = { build: async ({ target }: { target: string }) => void made.set(target, 100) };
  const logits: Partial<LogitsSource> = {
    coverage: { kind: 'full' },
    tokenize: async () => new Int32Array(change.tokens ?? 256 * 8),
    async *score(request) {
      scored.push(request);
      for (let window = 0; window < request.tokens.length / request.windowTokens; window++) {
        yield request.candidates.map(({ model }): WindowScores => {
          const one = Float64Array.of(made.get(model) ?? Number.NaN);
          return {
            window,
            nll: one,
            referenceNll: one,
            kld: one,
            deltaP: one,
            sameTop: Uint8Array.of(1),
            missingMass: null,
          };
        });
      }
    },
  };
  const probe = precisionProbe({
    builder: builder as unknown as VariantBuilder,
    tensors: tensors as TensorQuantizer,
    logits: logits as LogitsSource,
    cache: { read: async (key) => texts.get(key) ?? null, write: async (key, text) => void texts.set(key, text) },
    folder,
    source: path.join(folder, 'source.gguf'),
    importanceMatrix: undefined,
    text: 'a text',
    windowTokens: 256,
  });
  return { probe, scored };
}

const recipe = (...tensors: string[]): ProbedFile => ({
  kind: 'recipe',
  entries: tensors.map((tensor) => ({ tensor, type: 'Q4_K' })),
});

test('files are measured in the order in which they were named, each once', async () => {
  const { probe, scored } = setUp();
  const files = Array.from({ length: 14 }, (_, i) => recipe(...Array.from({ length: i + 1 }, (__, k) => `t${k}`)));
  const all = [...files, { kind: 'preset', level: 'Q4_K_M' } as const];
  let done = 0;
  const losses = await probe.losses(all, 'selection', { onDone: () => done++ });
  expect(losses).toEqual([...files.map((_, i) => i + 1), 100]);
  expect(done).toBe(15);
  const before = scored.length;
  expect(await probe.losses([all[3]!, all[14]!], 'selection', { onDone: () => done++ })).toEqual([4, 100]);
  expect(done).toBe(15);
  expect(scored.length).toBe(before);
  // Another text is another measurement.
  await probe.losses([all[3]!], 'judging', {});
  expect(scored.length).toBe(before + 1);
});

test('the first failure ends the rest and is thrown', async () => {
  const { probe, scored } = setUp({ fails: 'bad' });
  const files = Array.from({ length: 30 }, (_, i) => recipe(i === 0 ? 'bad' : `t${i}`));
  await expect(probe.losses(files, 'selection', {})).rejects.toMatchObject({ code: 'backend-failed' });
  expect(scored.length).toBeLessThan(5);
});

test('a text of fewer than four windows is refused, with how many tokens it has and what to do', async () => {
  const { probe, scored } = setUp({ tokens: 4 * 256 - 1 });
  await expect(probe.prepare({})).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'The text has 1023 tokens; four windows of 256 are the least to choose and judge on.',
    hint: 'Give a longer text with --text.',
  });
  expect(scored.length).toBe(0);
  await expect(setUp({ tokens: 4 * 256 }).probe.prepare({})).resolves.toBeUndefined();
});

test('what was measured is known, and a file among many takes less than one alone', async () => {
  const { probe } = setUp();
  await probe.losses([recipe('a')], 'selection', {});
  expect(await probe.known([recipe('a'), recipe('b')], 'selection')).toEqual([true, false]);
  expect(await probe.known([recipe('a')], 'judging')).toEqual([false]);
  expect(await probe.shareOfMany()).toBeLessThan(1);
});

test('errors are asked for once', async () => {
  const { probe } = setUp();
  const first = await probe.errors(['a', 'bb'], ['Q4_K', 'Q8_0'], {});
  expect(first.map(({ error }) => error)).toEqual([1, 1, 2, 2]);
  expect(await probe.errors(['bb', 'a'], ['Q4_K', 'Q8_0'], {})).toHaveLength(4);
  expect((await probe.source()).length).toBeGreaterThan(10);
});
