import { InvalidInputError, OutOfMemoryError } from '@plimsoll/domain';
import type {
  GenerateRequest,
  VariantLevel,
  PhotoReader,
  PhotoSample,
  RuntimeCapabilities,
  TokenLogprob,
} from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';
import type { GenerateTextEvent } from '../generation/generate-text.js';
import { ComparePhotoLevels } from './compare-photo-levels.js';
import { EvaluatePhotos } from './evaluate-photos.js';
import { inOrder } from './in-order.js';
import type { PhotoEvaluation } from './photo-evaluation.js';
import type { PhotoModel } from './photo-model.js';

/** Stripes of a width that is the name's number: `4.jpg` is sharp, `0.jpg` is a grey sheet. */
const reader: PhotoReader = {
  digest: async (path) => `sha256:${path}`,
  async read(path): Promise<PhotoSample> {
    if (path.includes('broken')) throw new InvalidInputError(`${path}: The photo is damaged.`);
    const stripes = Number.parseInt(path, 10);
    const grey = Uint8Array.from({ length: 240 * 160 }, (_, at) =>
      stripes === 0 ? 128 : (at % 240) % (2 * stripes) < stripes ? 70 : 190,
    );
    return {
      ...{ path, digest: `sha256:${path}`, sizeBytes: 1, modifiedAtMs: 0, format: 'jpeg', width: 240, height: 160 },
      exif: {
        ...{ camera: 'X', iso: 100, exposureSeconds: 0.001, aperture: null, focalLengthMm: null },
        ...{ takenAtMs: null, flashFired: null, location: null },
      },
      pixels: { width: 240, height: 160, grey },
    };
  },
  jpeg: async () => Uint8Array.of(1, 2, 3),
  close: async () => undefined,
};

const answer = (rating: string): string =>
  JSON.stringify({ rating, reasoning: 'because', suggested_tags: ['boats'], strengths: ['light'], weaknesses: [] });

interface Script {
  readonly capabilities?: Partial<RuntimeCapabilities>;
  readonly say: (request: GenerateRequest, level: VariantLevel | undefined, call: number) => string;
  readonly alternatives?: readonly TokenLogprob[];
}

function scripted({
  capabilities = {},
  say,
  alternatives,
}: Script): PhotoModel & { readonly requests: GenerateRequest[] } {
  const requests: GenerateRequest[] = [];
  return {
    requests,
    capabilities: async () => ({
      ...{ chat: true, images: false, embeddings: false, topLogprobs: 0, jsonSchema: true, residency: true },
      ...capabilities,
    }),
    residentBytes: async () => 1000,
    choose: async (model, level) => ({
      ...{ variant: `${model}-${level ?? 'default'}`, level: level ?? null, digest: null, made: null },
      ...{ load: {}, reason: 'settings' },
    }),
    async *generate(request, { level }): AsyncGenerator<GenerateTextEvent> {
      requests.push(request);
      const text = say(request, level, requests.length - 1);
      const chosen = { variant: `m-${level ?? 'default'}`, level: level ?? null, digest: null, made: null };
      yield { type: 'variant', chosen: { ...chosen, load: {}, reason: 'settings' } };
      const start = text.indexOf('"rating":"') + '"rating":"'.length;
      yield { type: 'text', text: text.slice(0, start) };
      yield { type: 'text', text: text.slice(start, start + 2), topLogprobs: alternatives };
      yield { type: 'text', text: text.slice(start + 2) };
      const timings = { ...{ promptTokens: 1, cachedPromptTokens: null, generatedTokens: 1, loadMs: 0 } };
      yield {
        type: 'done',
        stopReason: 'stop',
        timings: { ...timings, prefillMs: 1, decodeMs: 1, firstTokenMs: 1, totalMs: 10 },
      };
    },
  };
}

describe('the model', () => {
  test('that can see gets the picture, at temperature 0 and with the schema; one that cannot gets the facts', async () => {
    const seeing = scripted({ capabilities: { images: true }, say: () => answer('good') });
    const { llmEvaluation } = await new EvaluatePhotos(reader, seeing).evaluate('4.jpg', { model: 'm' });
    expect(llmEvaluation).toMatchObject({
      llmScore: 4,
      scoredBy: 'word',
      sawPicture: true,
      promptVersion: 'rate-photo/2',
    });
    const [request] = seeing.requests;
    expect(request).toMatchObject({ temperature: 0, input: { images: ['AQID'] } });
    expect(request?.format).toMatchObject({ type: 'object' });

    const blind = scripted({ say: () => answer('good') });
    const told = await new EvaluatePhotos(reader, blind).evaluate('4.jpg', { model: 'm' });
    expect(told.llmEvaluation?.sawPicture).toBe(false);
    expect(JSON.stringify(blind.requests[0]?.input)).toContain('ISO 100');
    expect(blind.requests[0]?.input).toMatchObject({ images: undefined });
  });

  test('scores by the probabilities of the ratings where there are any', async () => {
    const alternatives = [
      { token: 'good', logprob: Math.log(0.5) },
      { token: 'fair', logprob: Math.log(0.5) },
    ];
    const model = scripted({ capabilities: { topLogprobs: 20 }, say: () => answer('good'), alternatives });
    const { llmEvaluation } = await new EvaluatePhotos(reader, model).evaluate('4.jpg', { model: 'm' });
    expect(llmEvaluation).toMatchObject({ rating: 'good', scoredBy: 'probabilities' });
    expect(llmEvaluation?.llmScore).toBeCloseTo(3.5, 10);
  });

  test('is asked once more after an invalid answer, with another seed', async () => {
    const model = scripted({ say: (_, __, call) => (call === 0 ? 'Lovely!' : answer('fair')) });
    const { llmEvaluation } = await new EvaluatePhotos(reader, model).evaluate('4.jpg', { model: 'm' });
    expect(llmEvaluation).toMatchObject({ llmScore: 3, invalidAnswers: 1 });
    expect(new Set(model.requests.map(({ seed }) => seed)).size).toBe(2);
  });

  test.each(['{"rating":"good"}', answer('superb'), '[]', answer('good').slice(0, -2)])(
    'whose answer is %s gives no score',
    async (text) => {
      const model = scripted({ say: () => text });
      const result = await new EvaluatePhotos(reader, model).evaluate('4.jpg', { model: 'm' });
      expect(result.llmEvaluation).toBeNull();
      expect(result.llmFailure).toMatchObject({ code: 'invalid-answer', invalidAnswers: 2 });
      expect(result.overallScore).toBeCloseTo(result.metrics.technicalScore + 0.1, 10);
    },
  );

  test('is not asked about what the pixels reject, unless it shall be', async () => {
    const dark: PhotoReader = {
      ...reader,
      read: async (path, edge) => {
        const sample = await reader.read(path, edge);
        return { ...sample, pixels: { ...sample.pixels, grey: sample.pixels.grey.map((grey) => grey / 16) } };
      },
    };
    const model = scripted({ say: () => answer('good') });
    const evaluate = new EvaluatePhotos(dark, model);
    expect((await evaluate.evaluate('4.jpg', { model: 'm' })).llmEvaluation).toBeNull();
    expect((await evaluate.evaluate('4.jpg', { model: 'm', askAboutRejects: true })).llmEvaluation).not.toBeNull();
  });

  test('goes down a level when memory runs out, and each result says which level judged', async () => {
    const model = scripted({
      say: (_, level, call) => {
        if (level === 'F16' && call >= 1) throw new OutOfMemoryError('No room.');
        return answer('good');
      },
    });
    const evaluate = new EvaluatePhotos(reader, model);
    const options = { model: 'm', level: 'F16' as const, lowerLevels: ['F16', 'Q8_0', 'Q4_K_M'] as const, parallel: 1 };
    const levels = [];
    for await (const { evaluation } of evaluate.evaluateAll(['4.jpg', '5.jpg', '6.jpg'], options)) {
      levels.push([evaluation?.llmEvaluation?.level, evaluation?.llmEvaluation?.askedLevel]);
    }
    expect(levels).toEqual([
      ['F16', 'F16'],
      ['Q8_0', 'F16'],
      ['Q8_0', 'F16'],
    ]);
    await expect(evaluate.evaluate('4.jpg', { model: 'm', level: 'F16', lowerLevels: [] })).resolves.toBeDefined();
  });
});

describe('many photos', () => {
  test('are not judged again when their results are kept; those of a lower level are when asked to', async () => {
    const kept = new Map<string, PhotoEvaluation>();
    const results = {
      get: async (key: string) => kept.get(key) ?? null,
      put: async (key: string, evaluation: PhotoEvaluation) => void kept.set(key, evaluation),
    };
    const model = scripted({
      say: (_, level, call) => {
        if (level === 'F16' && call === 1) throw new OutOfMemoryError('No room.');
        return answer('good');
      },
    });
    const options = { model: 'm', level: 'F16' as const, lowerLevels: ['F16', 'Q8_0'] as const, parallel: 1, results };
    const run = async (rejudge: boolean): Promise<number> => {
      const before = model.requests.length;
      const evaluate = new EvaluatePhotos(reader, model);
      for await (const { error } of evaluate.evaluateAll(['4.jpg', '5.jpg'], { ...options, rejudge }))
        expect(error).toBeNull();
      return model.requests.length - before;
    };
    expect(await run(false)).toBe(3);
    expect(await run(false)).toBe(0);
    expect(await run(true)).toBe(1);
    expect(await run(true)).toBe(0);
    expect(kept.size).toBe(2);
  });

  test('come in order; one that cannot be read is an outcome', async () => {
    const outcomes = [];
    for await (const outcome of new EvaluatePhotos(reader, null).evaluateAll(['4.jpg', 'broken.jpg', '0.jpg'])) {
      outcomes.push([outcome.path, outcome.error?.code ?? outcome.evaluation?.recommendation]);
    }
    expect(outcomes[1]).toEqual(['broken.jpg', 'invalid-input']);
    expect(outcomes[2]).toEqual(['0.jpg', 'review']);
  });

  test('are never more at the same time than allowed', async () => {
    let running = 0;
    let most = 0;
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, item % 3));
      running -= 1;
      return item;
    };
    const results = [];
    for await (const result of inOrder([5, 4, 3, 2, 1], 2, work)) results.push(result);
    expect(results).toEqual([5, 4, 3, 2, 1]);
    expect(most).toBe(2);
  });
});

describe('levels', () => {
  const request = { paths: ['4.jpg', 'broken.jpg', '5.jpg'], model: 'm' };

  test('are held against the reference, and the reference against itself', async () => {
    const model = scripted({ say: (_, level) => (level === 'Q4_K_M' ? 'no' : answer('good')) });
    const comparison = await new ComparePhotoLevels(reader, model).compare({
      ...request,
      levels: ['F16', 'Q8_0', 'Q4_K_M'],
    });
    const [f16, q8, q4] = comparison.levels;
    expect(comparison.repeatNoise).toMatchObject({ photos: 2, meanAbsoluteError: { value: 0 } });
    expect(f16).toMatchObject({ agreement: null, successRate: 1, avgMs: 10, speedup: 1, residentBytes: 1000 });
    expect(q8).toMatchObject({ agreement: { photos: 2, invalidShare: 0, flips: [] }, variant: 'm-Q8_0' });
    expect(q4).toMatchObject({ successRate: 0, avgMs: null, speedup: null, agreement: { photos: 0, invalidShare: 1 } });
    expect(q4?.invalidAnswers).toBe(4);
    expect(comparison.unreadable).toEqual([{ path: 'broken.jpg', message: 'broken.jpg: The photo is damaged.' }]);
  });

  test('that cannot be had are reported, and the others go on', async () => {
    const model = scripted({
      say: (_, level) => {
        if (level === 'Q8_0') throw new OutOfMemoryError('No room.');
        return answer('good');
      },
    });
    const { levels } = await new ComparePhotoLevels(reader, model).compare({
      ...request,
      levels: ['F16', 'Q8_0', 'Q4_K_M'],
    });
    expect(levels.map(({ error }) => error?.code ?? null)).toEqual([null, 'out-of-memory', null]);
  });

  test('without photos there is nothing to compare', async () => {
    const compare = new ComparePhotoLevels(reader, scripted({ say: () => '' }));
    await expect(compare.compare({ paths: [], model: 'm', levels: ['F16'] })).rejects.toThrow(/no photos/);
  });
});
