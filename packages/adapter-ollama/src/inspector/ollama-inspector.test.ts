import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { metadataNumber, metadataNumbers } from '@plimsoll/domain';
import { SAMPLE_MODEL } from '@plimsoll/sample-model';
import { listen, recordings } from '../../test/support/recording.js';
import { OllamaApi, OllamaInspector } from '../index.js';

describe('what an installed model is made of', () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.stop();
  });

  /** Answers `show` with one of two texts, by `verbose`, and lists nothing. */
  const inspectorOf = async (brief: string, verbose = brief): Promise<OllamaInspector> => {
    const server = await listen(
      createServer((incoming, answer) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
        incoming.on('end', () => {
          if (incoming.url === '/api/tags') answer.end('{"models":null}');
          else answer.end(text.includes('"verbose":true') ? verbose : brief);
        });
      }),
    );
    const api = new OllamaApi({ host: server.host });
    open.push(server, { stop: () => api.close() });
    return new OllamaInspector(api);
  };
  const name = { kind: 'name', name: 'fox' } as const;
  const shown =
    recordings('variant-builder')
      .flatMap(({ exchanges }) => exchanges)
      .find(({ path, answer }) => path === '/api/show' && answer.includes('"tensors"'))?.answer ?? '';

  test('comes from the server, with the bytes of every tensor', async () => {
    const { header } = await (await inspectorOf(shown)).inspect(name);
    expect(header.architecture).toBe('llama');
    expect(metadataNumber(header, 'llama.block_count')).toBe(6);
    const embedding = header.tensors.find((tensor) => tensor.name === 'token_embd.weight');
    expect(embedding).toMatchObject({ type: 'F16', typeId: 1, bytes: 256 * 4096 * 2 });
    const bytes = header.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
    expect(bytes / SAMPLE_MODEL.fileBytes).toBeGreaterThan(0.98);
    expect(bytes).toBeLessThan(SAMPLE_MODEL.fileBytes);
  });

  test('is asked for again in full when arrays that matter were left out', async () => {
    const info = { 'general.architecture': 'gemma', 'gemma.attention.head_count_kv': null as unknown };
    const tensors = [{ name: 'token_embd.weight', type: 'Q4_K', shape: [256, 2] }];
    const brief = JSON.stringify({ model_info: info, tensors });
    const verbose = JSON.stringify({ model_info: { ...info, 'gemma.attention.head_count_kv': [4, 1, 4] }, tensors });
    const { header } = await (await inspectorOf(brief, verbose)).inspect(name);
    expect(metadataNumbers(header, 'gemma.attention.head_count_kv')).toEqual([4, 1, 4]);
  });

  test.each([
    ['a model without tensors', { model_info: { 'general.architecture': 'llama' }, tensors: null }],
    [
      'a tensor of an unknown type',
      { model_info: { 'general.architecture': 'llama' }, tensors: [{ name: 'a', type: 'Q9_X', shape: [32] }] },
    ],
  ])('%s is refused', async (_, answer) => {
    const inspector = await inspectorOf(JSON.stringify(answer));
    await expect(inspector.inspect(name)).rejects.toMatchObject({ code: 'unsupported-model' });
  });

  test('is known by name only', async () => {
    const inspector = await inspectorOf(shown);
    expect(inspector.supports(name)).toBe(true);
    expect(inspector.supports({ kind: 'file', path: './fox.gguf' })).toBe(false);
  });
});
