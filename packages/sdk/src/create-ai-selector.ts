import { ComparePhotoLevels, EvaluatePhotos } from '@plimsoll/application';
import {
  OverlayConfigStore,
  openConfig,
  openFaceFinder,
  openPhotoReader,
  openPlimsoll,
  photoModel,
} from '@plimsoll/composition';
import { variantsDocument } from '@plimsoll/contract';
import { InvalidInputError } from '@plimsoll/domain';
import type { VariantLevel } from '@plimsoll/domain';
import { inWords } from './in-words.js';
import type { AiSelector, AiSelectorOptions } from './ai-selector.js';

const FOUNDING_LEVELS: readonly VariantLevel[] = ['F16', 'Q8_0', 'Q4_K_M'];
const FOUNDING_MIN_SCORE = 3.5;
const FOUNDING_ITERATIONS = 3;

/**
 * Opens the photo selector. Pixels are always judged; the model, when there is one, through the variant that the
 * settings choose.
 * @throws InvalidConfigError, InvalidInputError
 */
export async function createAiSelector(options: AiSelectorOptions = {}): Promise<AiSelector> {
  const { configFile, settings: flags, persist = false, warn, preset } = options;
  const file = openConfig({ path: configFile, flags });
  const config = persist ? file : new OverlayConfigStore(file);
  const plimsoll = await openPlimsoll({ config, warn: inWords(warn) });
  const settings = await plimsoll.shared.settings();
  const model = wantedModel(options, plimsoll.loaded.settings.model);
  if (options.enableQuantization !== undefined || options.quantizationBits !== undefined) {
    await settings.setQuantization(options.enableQuantization ?? true, options.quantizationBits);
  }
  const reader = await openPhotoReader();
  const faces = options.faces === true ? await openFaceFinder() : null;
  const backend = photoModel(plimsoll);
  const evaluate = new EvaluatePhotos(reader, model === null ? null : backend, faces);
  const comparison = new ComparePhotoLevels(reader, backend);
  return {
    evaluate: (path, callOptions) => evaluate.evaluate(path, { ...callOptions, model, preset, askAboutRejects: true }),
    async evaluateBatch(paths, { onOutcome, ...batch } = {}) {
      const outcomes = [];
      for await (const outcome of evaluate.evaluateAll(paths, { ...batch, model, preset })) {
        onOutcome?.(outcome);
        outcomes.push(outcome);
      }
      return outcomes;
    },
    filterByQuality: (outcomes, minScore = FOUNDING_MIN_SCORE) =>
      outcomes
        .flatMap(({ evaluation }) => evaluation ?? [])
        .filter(({ overallScore }) => overallScore >= minScore)
        .sort((a, b) => b.overallScore - a.overallScore),
    setQuantization: (enabled, bits) => settings.setQuantization(enabled, bits),
    getQuantizationSettings: () => settings.quantization(),
    getPerformanceStats: async () =>
      variantsDocument(await (await plimsoll.shared.statistics()).statistics(model === null ? {} : { model })),
    compareQuantizationPerformance(testImagePath, testIterations = FOUNDING_ITERATIONS, { levels, signal } = {}) {
      if (model === null) throw new InvalidInputError('There is no model to compare levels of.', { hint: NO_MODEL });
      const request = {
        paths: [testImagePath],
        model,
        levels: levels ?? FOUNDING_LEVELS,
        iterations: testIterations,
        preset,
      };
      return comparison.compare(request, { signal });
    },
    async close() {
      await Promise.all([reader.close(), faces?.close()]);
      await plimsoll.close();
    },
  };
}

const NO_MODEL = 'Give llmModel, or set ai.llm_model in the configuration.';

/** @throws InvalidInputError when a model is wanted and none is named */
function wantedModel({ enableLlm, llmModel }: AiSelectorOptions, configured: string | null): string | null {
  const enabled = enableLlm ?? llmModel !== undefined;
  if (!enabled) return null;
  const model = llmModel ?? configured;
  if (model === null) throw new InvalidInputError('A model is to be asked, but none is named.', { hint: NO_MODEL });
  return model;
}
