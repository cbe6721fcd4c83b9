import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locatePeer } from '@plimsoll-tooling/peers';
import type { SettingsPatch } from '@plimsoll/domain';
import { writeReranker } from '@plimsoll/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { gatewayOver } from './gateway-over.js';

interface Answer {
  readonly status: number;
  readonly body: {
    readonly results?: readonly { readonly index: number; readonly relevance_score: number }[];
    readonly [more: string]: unknown;
  };
}

const KINDS = ['bert', 'qwen3'] as const;
const QUERY = 'a fox';
const DOCUMENTS = ['the fox runs', 'a crow', 'kings.'];
const program = locatePeer('llama-server');
const reason = program === null ? ' (skipped: llama-server is not built; npm run peers builds it)' : '';

let modelsFolder = '';
beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), 'plimsoll-rerank-'));
  for (const kind of KINDS) await writeReranker(join(modelsFolder, `${kind}-ranker.gguf`), kind);
});
afterAll(() => rm(modelsFolder, { recursive: true, force: true }));

async function overBackend(settings: SettingsPatch): Promise<(path: string, body: object) => Promise<Answer>> {
  const { url, close } = await gatewayOver({ modelsFolder, quantizationEnabled: false, ...settings });
  onTestFinished(close);
  return async (path, body) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  };
}

test.skipIf(program === null)(
  `the embedded engine and llama-server give documents the same scores${reason}`,
  { timeout: 60_000 },
  async () => {
    const embedded = await overBackend({ backend: 'embedded' });
    const managed = await overBackend({
      backend: 'llama-server',
      llamaServerPath: program,
      llamaServerArguments: ['--threads', '1'],
    });
    for (const kind of KINDS) {
      const asked = { model: `${kind}-ranker`, query: QUERY, documents: DOCUMENTS };
      const theirs = await managed('/v1/rerank', asked);
      const ours = await embedded('/rerank', { ...asked, documents: DOCUMENTS.map((text) => ({ text })) });
      expect(theirs.body).toMatchObject({ model: asked.model, object: 'list', usage: ours.body['usage'] });
      const indexes = theirs.body.results?.map(({ index }) => index);
      expect((indexes ?? []).toSorted((one, other) => one - other)).toEqual([0, 1, 2]);
      expect(ours.body.results?.map(({ index }) => index)).toEqual(indexes);
      for (const [place, { relevance_score: score }] of (ours.body.results ?? []).entries()) {
        expect(score).toBeCloseTo(theirs.body.results?.[place]?.relevance_score ?? NaN, 4);
      }
      const best = await managed('/v1/rerank', { ...asked, top_n: 1, return_documents: true });
      const [first = 0] = indexes ?? [];
      expect(best.body.results).toMatchObject([{ index: first, document: { text: DOCUMENTS[first] } }]);
    }
    const long = { model: 'bert-ranker', query: QUERY, documents: ['the fox runs '.repeat(30)] };
    for (const ask of [embedded, managed]) {
      expect((await ask('/v1/rerank', long)).status).toBe(400);
      expect((await ask('/v1/rerank', { ...long, documents: [] })).status).toBe(400);
      expect((await ask('/v1/embeddings', { model: 'qwen3-ranker', input: 'a fox' })).status).toBe(501);
    }
  },
);

test('a model that was not trained to rank is refused', async () => {
  const { url, close } = await gatewayOver({ backend: 'embedded' });
  onTestFinished(close);
  const body = JSON.stringify({ model: 'fable-5m-F16', query: QUERY, documents: DOCUMENTS });
  const refused = await fetch(`${url}/v1/rerank`, { method: 'POST', body });
  expect(refused.status).toBe(501);
  expect(await refused.text()).toContain('fable-5m-F16 was not trained to rank documents.');
});
