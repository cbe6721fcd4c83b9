import { demandReranking, rerankDocuments, verdictOn } from '@plimsoll/application';
import { OverlayConfigStore, openConfig, openPlimsoll } from '@plimsoll/composition';
import type { BackendUseCases } from '@plimsoll/composition';
import { compareDocument, modelsDocument, planDocument, rerankDocument, variantsDocument } from '@plimsoll/contract';
import type { RerankDocument } from '@plimsoll/contract';
import { EVENT_BUS, GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { BackendFailedError } from '@plimsoll/domain';
import type { GpuProbe, HostProbe } from '@plimsoll/domain';
import { createGpuManager } from './create-gpu-manager.js';
import { inWords } from './in-words.js';
import { requireLevel } from './require-level.js';
import type {
  CompareQuantizationOptions,
  GenerateOptions,
  GeneratedText,
  Plimsoll,
  RerankOptions,
} from './plimsoll.js';
import type { PlimsollOptions } from './plimsoll-options.js';

const PROMPT = 'Describe what you see from a window on a rainy day.';

/**
 * Opens a client over the configured backend: the embedded engine, Ollama or an OpenAI-compatible server.
 * @throws InvalidConfigError, CapabilityMissingError for a governor over a backend that is not ours to govern
 */
export async function createPlimsoll(options: PlimsollOptions = {}): Promise<Plimsoll> {
  const { configFile, settings: flags, persist = false, warn, governor: govern, probes } = options;
  const file = openConfig({ path: configFile, flags });
  const config = persist ? file : new OverlayConfigStore(file);
  const replace = new Map<typeof GPU_PROBE | typeof HOST_PROBE, GpuProbe | HostProbe>([
    ...(probes?.gpu === undefined ? [] : [[GPU_PROBE, probes.gpu] as const]),
    ...(probes?.host === undefined ? [] : [[HOST_PROBE, probes.host] as const]),
  ]);
  const { shared, get, lease, close } = await openPlimsoll({
    config,
    follow: true,
    warn: inWords(warn),
    govern,
    replace,
  });
  /** Each call holds the backend that the settings name then; after `close` there is none. */
  const using = async <Result>(work: (use: BackendUseCases) => Promise<Result>): Promise<Result> => {
    const { value, release } = await lease();
    try {
      return await work(value);
    } finally {
      release();
    }
  };
  const gpu = createGpuManager(await get(EVENT_BUS), using);
  // It watches from now on, not from the first answer.
  if (govern !== undefined) await gpu.status();
  return {
    gpu,
    generate: (model, prompt, generateOptions = {}) => using((use) => generate(use, model, prompt, generateOptions)),
    rerank: (model, query, documents, rerankOptions = {}) =>
      using((use) => rerank(use, model, query, documents, rerankOptions)),
    setQuantization: (enabled, bits) => using(async () => (await shared.settings()).setQuantization(enabled, bits)),
    getQuantizationSettings: () => using(async () => (await shared.settings()).quantization()),
    getPerformanceStats: (model) =>
      using(async () =>
        variantsDocument(await (await shared.statistics()).statistics(model === undefined ? {} : { model })),
      ),
    compareQuantization: (model, compareOptions = {}) => using((use) => compare(use, model, compareOptions)),
    listModels: (callOptions) =>
      using(async (use) => modelsDocument(use.settings.backend, await (await use.models()).list(callOptions)).models),
    checkModelExists: (model, callOptions) =>
      using(async (use) => (await (await use.runtime()).find(model, callOptions)) !== null),
    plan: (request, callOptions) =>
      using(async (use) => {
        const levels = request.levels?.map(requireLevel);
        return planDocument(await (await use.planning(request.model)).plan({ ...request, levels }, callOptions));
      }),
    close,
  };
}

async function generate(
  use: BackendUseCases,
  model: string,
  prompt: string,
  options: GenerateOptions,
): Promise<GeneratedText> {
  const { signal, system, images, make = true, onText, ...sampling } = options;
  const level = options.level === undefined ? undefined : requireLevel(options.level);
  const input = { kind: 'prompt' as const, prompt, system, images };
  const generation = await use.generation();
  let text = '';
  let variant: Pick<GeneratedText, 'variant' | 'level'> = { variant: model, level: null };
  for await (const event of generation.generate({ ...sampling, model, input }, { signal, level, make })) {
    if (event.type === 'variant') variant = { variant: event.chosen.variant, level: event.chosen.level };
    if (event.type === 'text' && event.thinking !== true) {
      text += event.text;
      onText?.(event.text);
    }
    if (event.type === 'done') return { text, ...variant, timings: event.timings };
  }
  throw new BackendFailedError('The backend ended its answer without saying so.');
}

async function rerank(
  use: BackendUseCases,
  model: string,
  query: string,
  documents: readonly string[],
  { topN, level, make = true, signal }: RerankOptions,
): Promise<RerankDocument> {
  const runtime = await use.runtime();
  demandReranking(runtime);
  const asked = level === undefined ? undefined : requireLevel(level);
  const { chosen, release } = await (await use.places()).place(model, { signal, level: asked, make });
  try {
    const ranking = await rerankDocuments(runtime, chosen.variant, { query, documents, topN }, { signal });
    return rerankDocument(model, chosen, ranking);
  } finally {
    release();
  }
}

async function compare(
  use: BackendUseCases,
  model: string,
  options: CompareQuantizationOptions,
): ReturnType<Plimsoll['compareQuantization']> {
  const comparison = await (
    await use.comparison({ model })
  ).compare(
    {
      model,
      levels: (options.levels ?? ['Q8_0', 'Q4_K_M']).map(requireLevel),
      reference: requireLevel(options.reference ?? 'F16'),
      kvCaches: [],
      iterations: options.iterations ?? 3,
      prompt: options.prompt ?? PROMPT,
      maxTokens: options.maxTokens ?? 64,
      text: options.text ?? null,
      windowTokens: options.windowTokens ?? 256,
      make: options.make ?? true,
    },
    { signal: options.signal },
  );
  return compareDocument(comparison, verdictOn(comparison), null);
}
