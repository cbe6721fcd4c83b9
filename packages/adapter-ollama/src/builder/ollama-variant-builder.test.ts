import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { BuildProgress, BuildRequest, Level, ModelInspector } from '@plimsoll/domain';
import { listen, recording, recordings, replay } from '../../test/support/recording.js';
import { describeOllamaBuilder } from '../../test/support/variant-builder-spec.js';
import { OllamaApi, OllamaRegistry, OllamaVariantBuilder } from '../index.js';
import { mayQuantize } from './create-levels.js';

for (const recorded of recordings('variant-builder')) {
  const traits = { quantizes: mayQuantize(recorded.server.replace('Ollama ', '')), isHere: false };
  describeOllamaBuilder(`recorded answers of ${recorded.server}`, traits, async () => {
    const server = await replay(recorded);
    return { host: server.host, dispose: () => server.stop() };
  });
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('the ways to a variant', () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.stop();
  });

  const api = async (installed: Readonly<Record<string, string>>): Promise<OllamaApi> => {
    const models = Object.entries(installed).map(([name, quantization_level]) => ({
      name,
      details: { quantization_level },
    }));
    const server = await listen(createServer((_, answer) => answer.end(JSON.stringify({ models, version: '0.33.1' }))));
    const made = new OllamaApi({ host: server.host });
    open.push(server, { stop: () => made.close() });
    return made;
  };
  const registry = async (status: number): Promise<OllamaRegistry> => {
    const manifest = { config: { digest: digestOf('{}'), size: 2 }, layers: [] };
    const server = await listen(
      createServer(({ url }, answer) => {
        const found = url?.includes('/blobs/') === true ? '{}' : JSON.stringify(manifest);
        answer.writeHead(status).end(status === 200 ? found : '');
      }),
    );
    const made = new OllamaRegistry({ url: server.host });
    open.push(server, { stop: () => made.close() });
    return made;
  };
  const inspectorFinding = (fileType: number): ModelInspector => ({
    supports: ({ kind }) => kind === 'file',
    inspect: () =>
      Promise.resolve({
        path: null,
        digest: null,
        origin: '',
        fetchedBytes: 0,
        header: {
          version: 3,
          architecture: 'llama',
          metadata: new Map([['general.file_type', fileType]]),
          tensors: [],
          headerBytes: 0,
          fileBytes: null,
          parts: 1,
        },
      }),
  });
  const q8: BuildRequest = { source: 'fox:8b-fp16', target: 'fox:8b-q8_0', level: 'Q8_0' };

  test('pull first when the library has it, create first when that is not known', async () => {
    const ollama = await api({ 'fox:8b-fp16': 'F16' });
    const methods = (library?: OllamaRegistry): Promise<readonly string[]> =>
      new OllamaVariantBuilder(ollama, { registry: library }).methods(q8);
    expect(await methods(await registry(200))).toEqual(['pull', 'create']);
    expect(await methods(await registry(404))).toEqual(['create']);
    expect(await methods(await registry(500))).toEqual(['create', 'pull']);
    expect(await methods()).toEqual(['create', 'pull']);
  });

  test('never pull where nothing may be fetched; what is not here is then not found', async () => {
    const builder = new OllamaVariantBuilder(await api({ 'fox:8b-fp16': 'F16' }), { pulls: false });
    expect(await builder.methods(q8)).toEqual(['create']);
    await expect(builder.build({ ...q8, source: 'crow:8b' })).rejects.toMatchObject({ code: 'model-not-found' });
  });

  test('create only from an unquantized model, and only levels that the server makes', async () => {
    const builder = new OllamaVariantBuilder(await api({ 'fox:8b-fp16': 'F16', 'fox:8b': 'Q4_K_M' }));
    expect(await builder.methods({ ...q8, source: 'fox:8b' })).toEqual(['pull']);
    expect(await builder.methods({ ...q8, level: 'Q6_K' })).toEqual(['pull']);
    expect(await builder.methods({ ...q8, source: 'crow:8b' })).toEqual(['pull']);
  });

  test.each<[number, Level, readonly string[]]>([
    [7, 'Q8_0', ['import']],
    [1, 'Q8_0', ['create']],
    [1, 'Q6_K', []],
    [15, 'Q8_0', []],
  ])('a file of type %i to %s: %j', async (fileType, level, methods) => {
    const builder = new OllamaVariantBuilder(await api({}), { files: inspectorFinding(fileType) });
    expect(await builder.methods({ ...q8, source: './fox.gguf', level })).toEqual(methods);
  });

  test('none for cloud models, and for a mix of types unless it is a file', async () => {
    const builder = new OllamaVariantBuilder(await api({ 'fox:8b-fp16': 'F16' }));
    const overrides = [{ pattern: 'output', type: 'Q6_K' }] as const;
    expect(await builder.methods({ ...q8, target: 'gpt-oss:120b-cloud' })).toEqual([]);
    expect(await builder.methods({ ...q8, overrides })).toEqual([]);
    expect(await builder.methods({ ...q8, overrides, source: './fox.gguf' })).toEqual(['import']);
  });

  test('an impossible one is explained', async () => {
    const library = await registry(404);
    const builder = new OllamaVariantBuilder(await api({ 'fox:8b': 'Q4_K_M' }), { registry: library });
    await expect(builder.build({ ...q8, source: 'fox:8b' })).rejects.toMatchObject({
      code: 'unsupported-level',
      message: expect.stringContaining('Q4_K_M') as string,
    });
    await expect(builder.build(q8)).rejects.toMatchObject({ code: 'model-not-found' });
  });
});

describe('a pull', () => {
  test('reports the sum of its layers and ends with the installed variant', async () => {
    const pull = recording('pull');
    const server = await replay(pull);
    const api = new OllamaApi({ host: server.host });
    const progress: BuildProgress[] = [];
    const request = { source: 'fable:5m', target: 'fable:5m-f16', level: 'F16' } as const;
    const built = await new OllamaVariantBuilder(api).build(request, { onProgress: (step) => progress.push(step) });
    expect(built.name).toBe(request.target);
    const bytes = progress.filter(({ phase }) => phase === 'pulling').map(({ completed }) => completed ?? -1);
    expect(bytes.length).toBeGreaterThan(5);
    expect([...bytes].sort((a, b) => a - b)).toEqual(bytes);
    expect(progress.at(0)?.phase).toBe('pulling manifest');
    expect(progress.at(-1)?.phase).toBe('writing manifest');
    await api.close();
    await server.stop();
  });

  test('of a model that the registry does not have is a model-not-found error', async () => {
    const server = await replay(recording('failures'));
    const api = new OllamaApi({ host: server.host });
    const lines = api.pull('fable:none');
    await expect(lines.next().then(() => lines.next())).rejects.toMatchObject({ code: 'model-not-found' });
    await api.close();
    await server.stop();
  });
});
