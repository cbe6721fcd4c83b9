import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locatePeer, peerSays } from '@plimsoll-tooling/peers';
import { QualityAccumulator } from '@plimsoll/domain';
import type { WindowScores } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { LlamaCppVariantBuilder } from '../quantize/llama-cpp-variant-builder.js';
import { LlamaCppLogitsSource } from './llama-cpp-logits-source.js';

const perplexity = locatePeer('llama-perplexity');
const WINDOW = 256;
const WINDOWS = 8;

describe('LlamaCppLogitsSource', async () => {
  const folder = await temporaryFolder();
  const source = new LlamaCppLogitsSource({ modelsFolder: folder, engine: { flavor: 'cpu' } });
  const reference = { model: sampleModelPath(), kvCacheType: 'f16' } as const;
  const candidate = { model: 'q4', kvCacheType: 'f16' } as const;
  const builder = new LlamaCppVariantBuilder({ modelsFolder: folder });
  await builder.build({ source: sampleModelPath(), target: 'q4', level: 'Q4_K_M' });
  await builder.close();
  const text = (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 12_000);
  const tokens = (await source.tokenize(reference.model, text)).slice(0, WINDOW * WINDOWS);
  afterAll(() => source.close());

  const collect = async (scores: AsyncIterable<readonly WindowScores[]>): Promise<readonly WindowScores[]> => {
    const all: WindowScores[] = [];
    for await (const perCandidate of scores) all.push(...perCandidate);
    return all;
  };
  const candidates = [candidate];

  test('two levels of one model have one vocabulary', async () => {
    const facts = await source.vocabulary(reference.model);
    expect(facts.size).toBe(4096);
    expect(await source.vocabulary(candidate.model)).toEqual(facts);
  });

  test('a text begins with BOS, token 1', () => {
    expect(tokens[0]).toBe(1);
  });

  test('scores the second half of each window but its last position, in order', async () => {
    const scores = await collect(source.score({ candidates, reference, tokens, windowTokens: WINDOW }));
    expect(scores.map((one) => one.window)).toEqual(Array.from({ length: WINDOWS }, (_, i) => i));
    for (const one of scores) {
      expect(one.nll).toHaveLength(WINDOW / 2 - 1);
      expect(Math.min(...one.kld!)).toBeGreaterThanOrEqual(0);
      expect(one.missingMass).toBeNull();
    }
    const rest = { candidates, reference, tokens, windowTokens: WINDOW, firstWindow: 6 };
    const resumed = await collect(source.score(rest));
    expect(resumed.map((one) => one.window)).toEqual([6, 7]);
    expect(Array.from(resumed[0]!.nll)).toEqual(Array.from(scores[6]!.nll));
  });

  test('a model against itself diverges by nothing', async () => {
    const job = { candidates: [reference], reference, tokens: tokens.slice(0, WINDOW), windowTokens: WINDOW };
    const [scores] = await collect(source.score(job));
    expect(Math.max(...scores!.kld!)).toBe(0);
    expect(Math.min(...scores!.sameTop!)).toBe(1);
    const [alone] = await collect(source.score({ ...job, reference: null }));
    expect(alone!.kld).toBeNull();
    expect(Array.from(alone!.nll)).toEqual(Array.from(scores!.nll));
  });

  test('several candidates in one pass score as each does alone', async () => {
    const job = { reference, tokens: tokens.slice(0, 2 * WINDOW), windowTokens: WINDOW };
    const together = await collect(source.score({ ...job, candidates: [candidate, reference] }));
    const alone = await collect(source.score({ ...job, candidates }));
    expect(together.map(({ window }) => window)).toEqual([0, 0, 1, 1]);
    expect(together.filter((_, i) => i % 2 === 0)).toEqual(alone);
    for (const own of together.filter((_, i) => i % 2 === 1)) expect(Math.max(...own.kld!)).toBe(0);
    await expect(collect(source.score({ ...job, candidates: [] }))).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('an aborted signal ends it, a text too short does not begin', async () => {
    const job = { candidates, reference, tokens, windowTokens: WINDOW };
    const abort = new AbortController();
    const work = (async () => {
      for await (const [one] of source.score(job, { signal: abort.signal })) if (one?.window === 1) abort.abort();
    })();
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    const short = collect(source.score({ ...job, tokens: tokens.slice(0, 100) }));
    await expect(short).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test.skipIf(perplexity === null)(
    `agrees with llama-perplexity --kl-divergence within 1 % or its standard error${perplexity === null ? ' (skipped: npm run peers has not built it)' : ''}`,
    async () => {
      const corpus = path.join(folder, 'corpus.txt');
      await writeFile(corpus, text);
      const base = path.join(folder, 'base.kld');
      const common = [
        '-f',
        corpus,
        '-c',
        String(WINDOW),
        '-t',
        '1',
        '--chunks',
        String(WINDOWS),
        '--kl-divergence-base',
        base,
      ];
      execFileSync(perplexity!, ['-m', reference.model, ...common], { stdio: 'ignore' });
      const judging = ['-m', path.join(folder, 'q4.gguf'), ...common, '--kl-divergence'];
      const said = peerSays(perplexity!, judging, /Same top p:/);
      const theirs = (name: RegExp): { value: number; error: number } => {
        const found = new RegExp(`${name.source}\\s*:\\s*(-?[\\d.]+) ±\\s*([\\d.]+)`).exec(said);
        if (found === null) throw new Error(`llama-perplexity did not say ${name.source}:\n${said}`);
        return { value: Number(found[1]), error: Number(found[2]) };
      };
      const quality = new QualityAccumulator({ kind: 'full' });
      for (const one of await collect(source.score({ candidates, reference, tokens, windowTokens: WINDOW }))) {
        quality.record(one);
      }
      const ours = quality.result()!;
      const pairs = [
        [ours.perplexity, theirs(/Mean PPL\(Q\)/)],
        [ours.perplexityRatio, theirs(/Mean PPL\(Q\)\/PPL\(base\)/)],
        [ours.meanKld, theirs(/Mean {4}KLD/)],
        [ours.rmsDeltaP * 100, theirs(/RMS Δp {4}/)],
        [ours.sameTopToken * 100, theirs(/Same top p/)],
      ] as const;
      for (const [value, peer] of pairs) {
        expect(Math.abs(value - peer.value)).toBeLessThanOrEqual(Math.max(Math.abs(peer.value) * 0.01, peer.error));
      }
    },
  );
});
