import { NO_CORRECTION, priorQuality, type PlanCandidate } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { PLAN_TARGETS, renderTarget } from './plan.targets.js';

const use = { weightsBytes: 1, kvCacheBytes: 1, recurrentStateBytes: 0, computeBytes: 0, totalBytes: 2 };
const unknown = { value: null, source: 'unknown', relativeSpread: null, observations: 0 } as const;

const point = (more: Partial<PlanCandidate['shape']> = {}, name = "/models/it's.gguf"): PlanCandidate => ({
  level: 'Q4_K_M',
  shape: {
    contextTokens: 8192,
    parallel: 2,
    microBatchTokens: 512,
    keyCacheType: 'q8_0',
    valueCacheType: 'q8_0',
    flashAttention: 'auto',
    placement: { gpuLayers: 49, split: [0.5, 0.5], expertLayersOnHost: 20 },
    ...more,
  },
  footprint: { devices: [use], host: use, totalBytes: 4 },
  overheadBytes: NO_CORRECTION.overheadBytes,
  fit: 'partial',
  shortBytes: 1,
  headroomBytes: 0,
  pareto: true,
  expected: {
    decodeTokensPerSecond: unknown,
    prefillTokensPerSecond: unknown,
    quality: priorQuality('IQ3_XS'),
  },
  variant: { name, status: 'local' },
});

test('llama-server gets every part of the point, quoted for a shell', () => {
  expect(renderTarget('llama-server', { model: "/models/it's.gguf", point: point() })).toBe(
    String.raw`llama-server -m '/models/it'\''s.gguf' -c 16384 -np 2 -ub 512 -ngl 49 -fa on -ctk q8_0 -ctv q8_0 --n-cpu-moe 20 -ts 0.500,0.500`,
  );
});

test('a micro-batch of its own size goes along', () => {
  const wide = point({ microBatchTokens: 4096 });
  expect(renderTarget('llama-server', { model: 'm.gguf', point: wide })).toContain('-ub 4096 -b 4096');
  expect(renderTarget('ollama', { model: 'm.gguf', point: wide })).toContain('PARAMETER num_batch 4096');
});

test('on a processor nothing is offloaded', () => {
  const alone = point({
    placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
    valueCacheType: 'f16',
    keyCacheType: 'f16',
  });
  const command = renderTarget('llama-server', { model: 'm.gguf', point: alone });
  expect(command).toContain('-ngl 0 -fa auto -ctk f16 -ctv f16 -dev none');
  expect(command).not.toMatch(/-ts|n-cpu-moe/);
  expect(renderTarget('compose', { model: 'm.gguf', point: alone })).not.toMatch(/cuda|gpus/);
});

test('of two cards the one without a share is left out', () => {
  const second = point({ placement: { gpuLayers: 33, split: [0, 1], expertLayersOnHost: 0 } });
  expect(renderTarget('llama-server', { model: 'm.gguf', point: second })).toMatch(/ -sm none -mg 1$/);
});

test('what is loaded beside the model goes along', () => {
  const beside = { model: '/models/m.gguf', projector: '/models/mmproj.gguf', draft: '/small/d.gguf' };
  const whole = point({ placement: { gpuLayers: 33, split: [1], expertLayersOnHost: 0 } }, '/models/m.gguf');
  const drafted = '-md /small/d.gguf -ngld all --spec-type draft-simple';
  expect(renderTarget('llama-server', { ...beside, point: whole })).toMatch(
    new RegExp(`--mmproj /models/mmproj.gguf ${drafted}$`),
  );
  expect(renderTarget('ollama', { ...beside, point: whole })).toContain(
    'FROM /models/mmproj.gguf\nDRAFT /small/d.gguf',
  );
  const compose = renderTarget('compose', { ...beside, point: whole });
  expect(compose).toContain('"--mmproj","/models/mmproj.gguf","-md","/models-2/d.gguf"');
  expect(compose).toContain('volumes: ["/models:/models:ro","/small:/models-2:ro"]');
  const alone = point({ placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } });
  expect(renderTarget('llama-server', { ...beside, point: alone })).toContain(
    '--no-mmproj-offload -md /small/d.gguf -devd none',
  );
});

test('Ollama gets a Modelfile, and what only its server can be told', () => {
  const whole = point(
    { placement: { gpuLayers: 33, split: [1], expertLayersOnHost: 0 } },
    'llama3.1:8b-instruct-q4_K_M',
  );
  expect(renderTarget('ollama', { model: 'llama3.1:8b', point: whole }).split('\n')).toEqual([
    '# Start the server with: OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 OLLAMA_NUM_PARALLEL=2 ollama serve',
    '# Then: ollama create llama3.1-8b-q4_k_m -f Modelfile',
    'FROM llama3.1:8b-instruct-q4_K_M',
    'PARAMETER num_ctx 8192',
    'PARAMETER num_gpu 33',
  ]);
  expect(renderTarget('ollama', { model: 'qwen3:30b', point: point() })).toContain('cannot leave experts alone in RAM');
});

test.each(PLAN_TARGETS)('%s is told the context and the cache', (target) => {
  const text = renderTarget(target, { model: 'm.gguf', point: point() });
  expect(text).toMatch(/8192|16384/);
  expect(text).toContain('q8_0');
});

test('prediction layers draft by a flag alone, where there is one', () => {
  const own = { model: 'm.gguf', draft: 'mtp', point: point({}) };
  expect(renderTarget('llama-server', own)).toMatch(/ --spec-type draft-mtp$/);
  expect(renderTarget('compose', own)).toContain('"--spec-type","draft-mtp"');
  expect(renderTarget('ollama', own)).not.toContain('DRAFT');
});
