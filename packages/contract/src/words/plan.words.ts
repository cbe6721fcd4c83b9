import { cacheName, formatBytes, grouped } from '@plimsoll/domain';
import type {
  Alternative,
  ExactNote,
  FitRemedy,
  PlanCaution,
  SuitableSize,
  PlanObstacle,
  PlanReason,
  ResidentReason,
  Violation,
} from '@plimsoll/domain';
import { predictionWords, qualityNote } from './prediction.words.js';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

const REASONS: WordsByKind<PlanReason> = {
  memory: (reason) => {
    const { whole, bytes, where, usableBytes, marginBytes } = reason;
    const of = usableBytes === null ? '' : ` of ${formatBytes(usableBytes)} usable`;
    const how = whole ? 'Fits entirely' : 'Partly offloaded';
    return `${how}: takes ${formatBytes(bytes)}${of} in ${where} memory (${formatBytes(marginBytes)} kept free).`;
  },
  quality: ({ level, quality }) => {
    const { perplexityIncrease, meanKld, source } = quality;
    if (quality.basis.kind === 'as-published') return qualityNote(quality);
    if (source === 'reference' && meanKld === 0) return `${level} is full precision: nothing is lost.`;
    if (perplexityIncrease === null && meanKld === null) return qualityNote(quality);
    const sign = perplexityIncrease !== null && perplexityIncrease < 0 ? '' : '+';
    const perplexity =
      perplexityIncrease === null ? [] : [`perplexity ${sign}${(perplexityIncrease * 100).toFixed(2)} %`];
    const kld = meanKld === null ? [] : [`mean KL divergence ${meanKld.toFixed(4)}`];
    return `Expected loss: ${[...perplexity, ...kld].join(', ')} (${source}). ${qualityNote(quality)}`;
  },
  speed: ({ decodeTokensPerSecond, slow }) =>
    `Speed: ${predictionWords(decodeTokensPerSecond, 'tokens/s')}${slow ? ', slower than reading' : ''}.`,
  placement: ({ gpuLayers, offloadableLayers, experts, unified, shortBytes }) => {
    const layers = `${gpuLayers} of ${offloadableLayers} layers`;
    const missing = `; ${formatBytes(shortBytes)} are missing for all of it.`;
    if (unified) return `The GPU computes ${layers}, the processor the others${missing}`;
    if (experts === null) return `${layers} are on the GPU, the others in RAM${missing}`;
    const count = experts.onHost === experts.layers ? 'all' : `${experts.onHost} of ${experts.layers}`;
    const rest = gpuLayers < offloadableLayers ? `, and only ${layers} are on the GPU` : '; all else is on the GPU';
    return `The experts of ${count} layers stay in RAM${rest}${missing}`;
  },
  'longest-context': ({ contextTokens, trained }) =>
    `At this level the context can grow to ${grouped(contextTokens)} tokens${trained ? ', all that the model was trained for' : ''}.`,
  'next-better': ({ level, isChosenLevel, skipsFitting, shortBytes, remedies }) => {
    const next = skipsFitting ? 'next better level that does not fit whole' : 'next better level';
    const what = isChosenLevel ? `All of ${level} on the device` : `The ${next}, ${level},`;
    const short = `${what} is ${formatBytes(shortBytes)} short`;
    return remedies.length > 0
      ? `${short}: ${remedies.map(fitRemedyWords).join('; or ')}.`
      : `${short}; neither a smaller cache nor a shorter context makes up for it.`;
  },
};

/** Why a level is recommended, as a sentence. */
export const planReasonWords = (reason: PlanReason): string => wordsOf(REASONS, reason);

const FIT_REMEDIES: WordsByKind<FitRemedy> = {
  'kv-cache': ({ cacheType }) => `KV cache at ${cacheType} makes it fit`,
  context: ({ contextTokens }) => `a context of ${grouped(contextTokens)} tokens makes it fit`,
  parallel: () => 'one sequence at a time makes it fit',
  partial: ({ gpuLayers, offloadableLayers, expertsOnHost, tokensPerSecond }) => {
    const what = expertsOnHost ? 'some experts can stay in RAM' : `${gpuLayers} of ${offloadableLayers} layers fit`;
    return `${what}${tokensPerSecond === null ? '' : ` at about ${tokensPerSecond.toFixed(1)} tokens/s`}`;
  },
  memory: ({ bytes }) => `${formatBytes(bytes)} more memory makes it fit`,
};

/** What makes a better level fit, as a clause. */
export const fitRemedyWords = (remedy: FitRemedy): string => wordsOf(FIT_REMEDIES, remedy);

/** That even the best is poor, as a sentence. */
export const planCautionWords = (caution: PlanCaution): string =>
  `This model is too large for the machine: ${suitableWords(caution)}.`;

function suitableWords({ suitableParameters, where }: SuitableSize): string {
  const billions = suitableParameters / 1e9;
  const size = billions < 1 ? billions.toFixed(1) : billions.toFixed(0);
  return `models of up to about ${size}B fit ${where === 'host' ? 'in its memory' : 'on its GPU'} at Q4_K_M`;
}

const VIOLATIONS: Readonly<Record<Violation, string>> = {
  'does-not-fit': 'it does not fit',
  'layers-on-host': 'layers would stay on the host',
  'context-too-short': 'its context is too short',
  'too-slow': 'it is too slow',
  'too-lossy': 'its quality is too low or not known',
};

/** Models with fewer weights than this are none that anybody looks for. */
const LEAST_SUITABLE = 100e6;

const OBSTACLES: WordsByKind<PlanObstacle> = {
  'no-level': () => 'There is no level to choose from.',
  'nothing-fits': (closest) => {
    const what = `${closest.level} with ${grouped(closest.contextTokens)} tokens of ${cacheName(closest)} cache`;
    const size =
      closest.suitable.suitableParameters < LEAST_SUITABLE
        ? ''
        : ` On this machine ${suitableWords(closest.suitable)}.`;
    return `Nothing fits. The closest, ${what}, is ${formatBytes(closest.shortBytes)} short.${size}`;
  },
  demand: ({ violation, count, fitting }) =>
    `${count} of ${fitting} operating points that fit do not meet the demands: ${VIOLATIONS[violation]}.`,
};

/** Why nothing is recommended, as a sentence. */
export const planObstacleWords = (obstacle: PlanObstacle): string => wordsOf(OBSTACLES, obstacle);

const RESIDENT: WordsByKind<ResidentReason> = {
  resident: (reason) => {
    const { model, level, bytes, device, steppedDownFrom } = reason;
    const where = device === null ? 'on the host' : `on device ${device}`;
    const gave = steppedDownFrom === null ? '' : `, stepped down from ${steppedDownFrom} to make room`;
    return `${model}: ${level} with ${cacheName(reason)} cache takes ${formatBytes(bytes)} ${where}${gave}.`;
  },
  'not-together': ({ smallest, shortBytes }) => {
    const each = smallest.map(
      ({ model, level, bytes }) => `${model} at ${level ?? 'no level'} (${formatBytes(bytes)})`,
    );
    const lack =
      shortBytes === null ? 'no single device has room for one of them' : `${formatBytes(shortBytes)} are missing`;
    return `They cannot all be resident: even ${each.join(' and ')} do not fit; ${lack}.`;
  },
};

/** What became of a model among several, as a sentence. */
export const residentReasonWords = (reason: ResidentReason): string => wordsOf(RESIDENT, reason);

const EXACT_NOTES: WordsByKind<ExactNote> = {
  'closed-form': ({ message }) => `The closed form stands in for the engine: ${message}`,
  'asked-on-host': ({ message }) =>
    `${message} It was asked for the same on the host; device by device the closed form counts.`,
};

/** Why a candidate kept the closed form, as a sentence. */
export const exactNoteWords = (note: ExactNote): string => wordsOf(EXACT_NOTES, note);

/** What an alternative buys. */
export const alternativeWords: Readonly<Record<Alternative['kind'], string>> = {
  better: 'loses less',
  faster: 'faster',
  context: 'longer context',
};
