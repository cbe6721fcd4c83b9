import type { UseCases } from '@plimsoll/composition';
import { BackendFailedError } from '@plimsoll/domain';
import { compose } from './composition-root.js';
import type { CompareQuantizationOptions, GenerateOptions, GeneratedText, Plimsoll } from './plimsoll.js';
import type { PlimsollOptions } from './plimsoll-options.js';

const PROMPT = 'Describe what you see from a window on a rainy day.';

/**
 * Opens a client over the configured backend: the embedded engine, Ollama or an OpenAI-compatible server.
 * @throws InvalidConfigError
 */
export async function createPlimsoll(options: PlimsollOptions = {}): Promise<Plimsoll> {
  const use = await compose(options);
  return {
    generate: (model, prompt, generateOptions = {}) => generate(use, model, prompt, generateOptions),
    setQuantization: (enabled, bits) => use.settings.setQuantization(enabled, bits),
    getQuantizationSettings: () => use.settings.quantization(),
    getPerformanceStats: (model) => use.statistics.statistics(model === undefined ? {} : { model }),
    compareQuantization: (model, compareOptions = {}) => compare(use, model, compareOptions),
    listModels: async (callOptions) => (await use.models.list(callOptions)).models,
    checkModelExists: async (model, callOptions) => (await use.runtime.find(model, callOptions)) !== null,
    plan: (request, callOptions) => use.planning.plan(request, callOptions),
    close: () => use.close(),
  };
}

async function generate(
  use: UseCases,
  model: string,
  prompt: string,
  options: GenerateOptions,
): Promise<GeneratedText> {
  const { signal, system, images, level, make = true, onText, ...sampling } = options;
  const input = { kind: 'prompt' as const, prompt, system, images };
  let text = '';
  let variant: Pick<GeneratedText, 'variant' | 'level'> = { variant: model, level: null };
  for await (const event of use.generation.generate({ ...sampling, model, input }, { signal, level, make })) {
    if (event.type === 'variant') variant = { variant: event.chosen.variant, level: event.chosen.level };
    if (event.type === 'text' && event.thinking !== true) {
      text += event.text;
      onText?.(event.text);
    }
    if (event.type === 'done') return { text, ...variant, timings: event.timings };
  }
  throw new BackendFailedError('The backend ended its answer without saying so.');
}

function compare(
  use: UseCases,
  model: string,
  options: CompareQuantizationOptions,
): ReturnType<Plimsoll['compareQuantization']> {
  return use.comparison.compare(
    {
      model,
      levels: options.levels ?? ['Q8_0', 'Q4_K_M'],
      reference: options.reference ?? 'F16',
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
}
