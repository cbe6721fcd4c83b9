import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildProgress, BuildRequest } from '@plimsoll/domain';
import { OllamaApi, OllamaRuntime, OllamaVariantBuilder } from '../../src/index.js';

/** Name of the model the builder tests import; their other names start with it. */
export const BUILT = 'plimsoll-test:build';

/** A server without any model of these tests, and how to leave it. */
export interface BuilderSubject {
  readonly host: string;
  readonly dispose: () => Promise<void>;
}

/** What making variants on Ollama looks like, on a real server and on its recorded answers. */
export function describeOllamaBuilder(name: string, create: () => Promise<BuilderSubject>): void {
  describe(`variants made on ${name}`, () => {
    let subject: BuilderSubject;
    let api: OllamaApi;
    let builder: OllamaVariantBuilder;
    let runtime: OllamaRuntime;
    const imported: BuildRequest = { source: sampleModelPath(), target: `${BUILT}-fp16`, level: 'F16' };
    const quantized: BuildRequest = { source: imported.target, target: `${BUILT}-q4_K_M`, level: 'Q4_K_M' };

    beforeAll(async () => {
      subject = await create();
      api = new OllamaApi({ host: subject.host });
      builder = new OllamaVariantBuilder(api);
      runtime = new OllamaRuntime(api);
    });
    afterAll(async () => {
      await api.close();
      await subject.dispose();
    });

    const failureOf = async (request: BuildRequest): Promise<unknown> =>
      builder.build(request).catch((error: unknown) => error);

    test('a file is hashed, uploaded and imported', async () => {
      const progress: BuildProgress[] = [];
      expect(await builder.methods(imported)).toEqual(['import']);
      const built = await builder.build(imported, { onProgress: (step) => progress.push(step) });
      expect(built.name).toBe(imported.target);
      expect(built.sizeBytes).toBeGreaterThan(11_000_000);
      expect(progress.map(({ phase }) => phase)).toEqual(
        expect.arrayContaining(['hashing', 'uploading', 'parsing GGUF', 'writing manifest']),
      );
      const uploaded = progress.filter(({ phase }) => phase === 'uploading').at(-1);
      expect(uploaded?.completed).toBe(uploaded?.total);
      expect((await runtime.find(imported.target))?.level).toBe('F16');
    });

    test('the server quantizes what is not quantized yet', async () => {
      expect(await builder.methods(quantized)).toEqual(['create', 'pull']);
      const built = await builder.build(quantized);
      expect(built.sizeBytes).toBeLessThan(6_000_000);
      expect((await runtime.find(quantized.target))?.level).toBe('Q4_K_M');
    });

    test('a build can be run again', async () => {
      const first = await runtime.find(quantized.target);
      const again = await builder.build(quantized);
      expect(again.sizeBytes).toBe(first?.sizeBytes);
    });

    test('a level that the server does not make is refused, with the way out', async () => {
      const request = { ...quantized, source: sampleModelPath(), target: `${BUILT}-q5_0`, level: 'Q5_0' } as const;
      expect(await failureOf(request)).toMatchObject({ code: 'unsupported-level' });
      expect(await runtime.find(request.target)).toBeNull();
    });

    test('a file at another level than promised is not kept', async () => {
      const request = { ...imported, target: `${BUILT}-q8_0`, level: 'Q8_0' } as const;
      const failure = await failureOf(request);
      expect(failure).toMatchObject({ code: 'unsupported-level' });
      expect((failure as Error).message).toContain('came out as F16, not as Q8_0');
      expect(await runtime.find(request.target)).toBeNull();
    });

    test('a missing file and a folder are told apart from a broken one', async () => {
      expect(await failureOf({ ...imported, source: './no-such.gguf' })).toMatchObject({ code: 'model-not-found' });
      expect(await failureOf({ ...imported, source: '.' })).toMatchObject({ code: 'invalid-model-file' });
    });

    test('a cancelled build leaves no model behind', async () => {
      const abort = new AbortController();
      const request = { ...imported, target: `${BUILT}-cancelled` };
      const work = builder.build(request, { signal: abort.signal, onProgress: () => abort.abort() });
      await expect(work).rejects.toMatchObject({ code: 'cancelled' });
      expect(await runtime.find(request.target)).toBeNull();
    });

    test('a model can be copied and deleted', async () => {
      await api.copy(imported.target, `${BUILT}-copy`);
      expect((await runtime.find(`${BUILT}-copy`))?.digest).toBe((await runtime.find(imported.target))?.digest);
      await api.delete(`${BUILT}-copy`);
      expect(await runtime.find(`${BUILT}-copy`)).toBeNull();
      await expect(api.delete(`${BUILT}-copy`)).rejects.toMatchObject({ code: 'model-not-found' });
    });

    test('show tells architecture, metadata and tensors', async () => {
      const shown = await api.show(imported.target, false);
      expect(shown.details?.quantization_level).toBe('F16');
      expect(shown.model_info?.['general.architecture']).toBe('llama');
      expect(shown.tensors).toContainEqual({ name: 'token_embd.weight', type: 'F16', shape: [256, 4096] });
      expect(shown.capabilities).toContain('completion');
    });
  });
}
