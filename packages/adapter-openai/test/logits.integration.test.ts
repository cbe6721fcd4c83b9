import { readFileSync } from 'node:fs';
import { locatePeer, peerSays } from '@plimsoll-tooling/peers';
import type { EvaluatedModel } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { describeLogitsSourceContract } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LlamaServerLogitsSource } from '../src/index.js';
import { startLlamaServer } from './llama-server.js';
import type { LlamaServer } from './llama-server.js';

const program = locatePeer('llama-server');
const perplexity = locatePeer('llama-perplexity');
const isMissing = program === null || perplexity === null;
const reason = isMissing ? ' (skipped: the llama.cpp programs are not built; npm run peers builds them)' : '';
const WINDOW = 128;

describe.skipIf(isMissing)(`log-probabilities from a real llama-server${reason}`, () => {
  let server: LlamaServer;
  let source: LlamaServerLogitsSource;
  let tokens: Int32Array;

  beforeAll(async () => {
    server = await startLlamaServer(program ?? '');
    source = new LlamaServerLogitsSource({ baseUrl: server.baseUrl, topTokens: 256 });
    tokens = await source.tokenize('fable:5m', readFileSync(sampleCorpusPath(), 'utf8'));
  });
  afterAll(async () => {
    await source.close();
    await server.stop();
  });

  describeLogitsSourceContract('a real llama-server', async () => {
    const text = readFileSync(sampleCorpusPath(), 'utf8').slice(0, 2000);
    return {
      source: new LlamaServerLogitsSource({ baseUrl: server.baseUrl }),
      model: 'fable:5m',
      text,
      rounding: 0.01,
    };
  });

  const model: EvaluatedModel = { model: 'fable:5m', kvCacheType: 'f16' };
  const firstWindow = async (reference: EvaluatedModel | null) => {
    const request = { candidates: [model], reference, tokens, windowTokens: WINDOW };
    for await (const [scores] of source.score(request)) if (scores !== undefined) return scores;
    throw new Error('no window');
  };

  test('the vocabulary has the size that the model card says', async () => {
    expect(await source.vocabulary('fable:5m')).toEqual({ size: 4096, fingerprint: null });
    await expect(source.vocabulary('other')).rejects.toMatchObject({ code: 'capability-missing' });
  });

  test('perplexity is a lower bound, close to what llama-perplexity says of the same window', async () => {
    const args = ['-m', sampleModelPath(), '-f', sampleCorpusPath(), '-c', String(WINDOW), '--chunks', '1', '-t', '1'];
    const first = /\[1\]([\d.]+)/;
    const exact = Number(first.exec(peerSays(perplexity ?? '', args, first))?.[1]);
    const { nll, missingMass } = await firstWindow(null);
    const bound = Math.exp(nll.reduce((sum, value) => sum + value, 0) / nll.length);
    expect(bound).toBeLessThan(exact * 1.001);
    // What is missing per token bounds what the logarithms can be off, but for tokens that were not seen at all.
    expect(bound).toBeGreaterThan(exact * 0.9);
    expect(Math.max(...(missingMass ?? []))).toBeLessThan(0.5);
  });

  test('a model does not diverge from itself', async () => {
    const { kld, sameTop, deltaP } = await firstWindow(model);
    expect(Math.max(...(kld ?? [NaN]))).toBeLessThan(1e-3);
    expect(new Set(sameTop)).toEqual(new Set([1]));
    expect(Math.max(...(deltaP ?? [NaN]).map(Math.abs))).toBeLessThan(1e-2);
  });

  test('a reference that the server does not serve is not taken for the model that it does', async () => {
    const work = firstWindow({ model: 'fable:5m-q8_0', kvCacheType: 'f16' });
    await expect(work).rejects.toMatchObject({ code: 'capability-missing' });
  });

  test('a cancelled run stops', async () => {
    const abort = new AbortController();
    const windows = source.score({ candidates: [model], reference: null, tokens, windowTokens: 8 }, abort);
    await windows.next();
    abort.abort();
    await expect(windows.next()).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a text that is shorter than a window is refused', async () => {
    const short = source.score({
      candidates: [model],
      reference: null,
      tokens: tokens.subarray(0, 9),
      windowTokens: 16,
    });
    await expect(short.next()).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
