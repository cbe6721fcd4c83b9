import { cacheName, grouped } from '@plimsoll/domain';
import type { Prediction, QualityBasis, QualityExpectation } from '@plimsoll/domain';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

/** A prediction with what it rests on: `about 29.4 tokens/s (prior, ±15 %)`. */
export function predictionWords(prediction: Prediction, unit: string): string {
  const { value, source, relativeSpread, observations } = prediction;
  if (value === null) return 'not known';
  const number = value < 100 ? value.toFixed(1) : grouped(Math.round(value));
  const spread = relativeSpread === null ? '' : `, ±${(relativeSpread * 100).toFixed(0)} %`;
  const rests = observations === 0 ? '' : ` from ${observations} ${observations === 1 ? 'run' : 'runs'}`;
  return `${source === 'measured' ? '' : 'about '}${number} ${unit} (${source}${rests}${spread})`;
}

const BASES: WordsByKind<QualityBasis> = {
  'full-precision': () => 'Full precision: the reference itself.',
  'as-published': ({ level }) => `${level} is how the model was published: nothing is lost.`,
  'no-figure': ({ level }) => `No published figure for ${level}: a comparison measures it.`,
  table: ({ source, importanceMatrix, parameters }) =>
    `Measured on ${source}${importanceMatrix ? ', with an importance matrix' : ''}. ${sizeNote(parameters)}`,
  measured: ({ scoredTokens, foreign, best }) => {
    const bound = best === null ? '' : `; a lower bound from the ${best} best tokens`;
    return `Measured over ${scoredTokens} tokens on ${foreign ? 'another' : 'this'} machine${bound}.`;
  },
  recipe: ({ preset }) =>
    preset === null
      ? 'Measured when the recipe was made.'
      : `Measured when the recipe was made; ${preset.level} lost ${preset.meanKld.toPrecision(3)} on the same text.`,
};

/** Where expected quality comes from and how far it carries, in sentences. */
export function qualityNote({ basis, cache }: Pick<QualityExpectation, 'basis' | 'cache'>): string {
  const note = wordsOf(BASES, basis);
  if (cache === undefined) return note;
  const name = cacheName(cache);
  return cache.addedKld === null
    ? `${note} What a cache of ${name} costs is not known: measure it. The other figures are of the weights alone.`
    : `${note} The cache at ${name} adds a mean KL divergence of about ${cache.addedKld}; it varies by model.`;
}

function sizeNote(parameters: number | null): string {
  if (parameters === null) return 'Larger models lose less, smaller ones more.';
  const billions = parameters / 1e9;
  const size = billions < 0.1 ? `${(billions * 1000).toFixed(1)}M` : `${billions.toFixed(1)}B`;
  if (billions < 5) return `This model is smaller (${size}) and will lose more.`;
  if (billions > 13) return `This model is larger (${billions.toFixed(0)}B) and will lose less.`;
  return 'This model is of similar size.';
}
