import { tmpdir } from 'node:os';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { sampleModelPath } from '@plimsoll/sample-model';
import { drain } from '@plimsoll/transport';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildProgress, BuildRequest, InspectedModel } from '@plimsoll/domain';
import { OllamaApi, OllamaCatalog, OllamaInspector, OllamaRuntime, OllamaVariantBuilder } from '../../src/index.js';

/** Name of the model the builder tests import; their other names start with it. */
export const BUILT = 'plimsoll-test:build';

/** A server without any model of these tests, and how to leave it. */
export interface BuilderSubject {
  readonly host: string;
  readonly dispose: () => Promise<void>;
}

/** What is special about a server. */
export interface BuilderTraits {
  /** Whether it quantizes GGUF models itself. */
  readonly quantizes: boolean;
  /** Whether the files that it names are on this machine. */
  readonly isHere: boolean;
}

/** What making variants on Ollama looks like, on a real server and on its recorded answers. */
export function describeOllamaBuilder(
  name: string,
  { quantizes, isHere }: BuilderTraits,
  create: () => Promise<BuilderSubject>,
): void {
  describe(`variants made on ${name}`, () => {
    let subject: BuilderSubject;
    let api: OllamaApi;
    let builder: OllamaVariantBuilder;
    let runtime: OllamaRuntime;
    let helped: OllamaVariantBuilder;
    const files = new FileModelInspector();
    const quantizer = new LlamaCppVariantBuilder({ modelsFolder: tmpdir(), inspector: files });
    const imported: BuildRequest = { source: sampleModelPath(), target: `${BUILT}-fp16`, level: 'F16' };
    const quantized: BuildRequest = { source: imported.target, target: `${BUILT}-q4_K_M`, level: 'Q4_K_M' };

    beforeAll(async () => {
      subject = await create();
      api = new OllamaApi({ host: subject.host });
      builder = new OllamaVariantBuilder(api);
      helped = new OllamaVariantBuilder(api, { files, quantizer: async () => quantizer });
      runtime = new OllamaRuntime(api);
    });
    afterAll(async () => {
      await helped.close();
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

    if (quantizes) {
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
    } else {
      test('a server that no longer quantizes is not asked to, and its refusal is understood', async () => {
        expect(await builder.methods(quantized)).toEqual(['pull']);
        const lines = api.create({ model: quantized.target, from: imported.target, quantize: 'Q8_0' });
        await expect(lines.next()).rejects.toMatchObject({ code: 'unsupported-level' });
      });
    }

    test('a file is quantized here and imported', async () => {
      const request = { ...imported, target: `${BUILT}-q6_K`, level: 'Q6_K' } as const;
      expect(await helped.methods(request)).toEqual(['quantize']);
      const progress: string[] = [];
      const built = await helped.build(request, { onProgress: ({ phase }) => progress.push(phase) });
      expect(built.sizeBytes).toBeLessThan(5_000_000);
      expect((await runtime.find(request.target))?.level).toBe('Q6_K');
      expect(progress).toEqual(expect.arrayContaining(['quantizing', 'uploading', 'trying']));
      expect((await runtime.resident()).map(({ name: loaded }) => loaded)).not.toContain(request.target);
    });

    if (isHere) {
      describe('from an installed model', () => {
        const dressed = `${BUILT}-dressed-fp16`;
        const made: BuildRequest = { source: dressed, target: `${BUILT}-dressed-q5_K_M`, level: 'Q5_K_M' };
        const wear = {
          template: '{{ if .System }}{{ .System }}\n{{ end }}"{{ .Prompt }}"',
          system: 'You are a fox.',
          parameters: { temperature: 0.25, stop: ['<|end|>', '"'], num_ctx: 512 },
          license: ['Free as the fox.', 'And as the\n"crow".'],
        };
        const belongings = async (model: string): Promise<unknown> => {
          const { template, system, parameters, license } = await api.show(model, false);
          return { template, system, license, parameters: parameters?.split('\n').sort() };
        };

        beforeAll(async () => {
          await drain(api.create({ model: dressed, from: imported.target, ...wear }));
        });

        test('its weights are quantized here, everything else is taken over', async () => {
          const level = { level: 'Q5_K_M' } as const;
          expect(await helped.methods({ ...made, ...level })).toEqual(['quantize', 'pull']);
          const foretold = await helped.dryRun({ ...made, ...level });
          const built = await helped.build({ ...made, ...level });
          expect(built.name).toBe(made.target);
          expect((await runtime.find(made.target))?.level).toBe('Q5_K_M');
          expect(Math.abs((built.sizeBytes ?? 0) - (foretold?.sizeBytes ?? 0))).toBeLessThan(10_000);
          expect(await belongings(made.target)).toEqual(await belongings(dressed));
          expect(await belongings(made.target)).toMatchObject({ template: wear.template, system: wear.system });
          let text = '';
          const input = { kind: 'prompt', prompt: 'Once upon a time', raw: true } as const;
          for await (const event of runtime.generate({ model: made.target, input, maxTokens: 8 })) {
            if (event.type === 'text') text += event.text;
          }
          expect(text.trim()).not.toBe('');
          await runtime.unload(made.target);
        });

        test('a level that servers once made comes out alike, whoever makes it', async () => {
          const request = { ...made, target: `${BUILT}-dressed-q8_0`, level: 'Q8_0' } as const;
          const methods = quantizes ? ['create', 'quantize', 'pull'] : ['quantize', 'pull'];
          expect(await helped.methods(request)).toEqual(methods);
          await helped.build(request);
          expect((await runtime.find(request.target))?.level).toBe('Q8_0');
          expect(await belongings(request.target)).toEqual(await belongings(dressed));
        });

        test('a mix of types is quantized here', async () => {
          const overrides = [{ pattern: 'ffn_down', type: 'Q8_0' }] as const;
          const request = { ...made, target: `${BUILT}-mixed`, level: 'Q4_K_M', overrides } as const;
          expect(await helped.methods(request)).toEqual(['quantize']);
          expect((await helped.build(request)).sizeBytes).toBeGreaterThan(3_742_400);
        });

        test('a disk without room is refused before anything is written', async () => {
          const full = new OllamaVariantBuilder(api, {
            files,
            quantizer: async () => quantizer,
            freeBytes: async () => 1000,
          });
          const request = { ...made, target: `${BUILT}-full`, level: 'Q3_K_M' } as const;
          const phases: string[] = [];
          const failure: unknown = await full
            .build(request, { onProgress: ({ phase }) => phases.push(phase) })
            .catch((error: unknown) => error);
          expect(failure).toMatchObject({ code: 'storage-failed' });
          expect((failure as Error).message).toMatch(/needs \d+ bytes .* has 1000 left/);
          expect(phases).toEqual([]);
          expect(await runtime.find(request.target)).toBeNull();
        });

        test('what is quantized already is not quantized again', async () => {
          const request = { ...made, source: made.target, target: `${BUILT}-again`, level: 'Q4_0' } as const;
          expect(await helped.methods(request)).toEqual(['pull']);
        });

        test('its header comes from the file, or from the server where the file cannot be read', async () => {
          const reference = { kind: 'name', name: imported.target } as const;
          const near = await new OllamaInspector(api, files).inspect(reference);
          const far = await new OllamaInspector(api).inspect(reference);
          expect(near.path).toMatch(/sha256-[0-9a-f]{64}$/);
          expect(far.path).toBeNull();
          expect(near.digest).toBe(far.digest);
          const kinds = ({ header }: InspectedModel) =>
            header.tensors.map(({ name: tensor, type, shape, bytes }) => ({ tensor, type, shape, bytes }));
          const byName = (model: InspectedModel) => kinds(model).sort((a, b) => (a.tensor < b.tensor ? -1 : 1));
          expect(byName(far)).toEqual(byName(near));
          expect(far.header.architecture).toBe(near.header.architecture);
          expect(near.header.metadata.get('llama.block_count')).toBe(far.header.metadata.get('llama.block_count'));
        });

        test('the catalogue has all of them, with their levels', async () => {
          const variants = await new OllamaCatalog(api).variants('plimsoll-test');
          const levels = new Map(variants.map((variant) => [variant.name, variant.level]));
          expect(levels.get(imported.target)).toBe('F16');
          expect(levels.get(made.target)).toBe('Q5_K_M');
          expect(variants.every(({ location, sizeBytes }) => location === 'local' && (sizeBytes ?? 0) > 0)).toBe(true);
        });
      });
    }

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
      const shown = await api.show(imported.target, true);
      expect(shown.details?.quantization_level).toBe('F16');
      expect(shown.model_info?.['general.architecture']).toBe('llama');
      expect(shown.tensors).toContainEqual({ name: 'token_embd.weight', type: 'F16', shape: [256, 4096] });
      expect(shown.capabilities).toContain('completion');
    });
  });
}
