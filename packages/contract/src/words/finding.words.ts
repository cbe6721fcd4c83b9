import type { Finding, FindingFact, ResidentFact } from '@plimsoll/application';
import { formatBytes } from '@plimsoll/domain';
import { regressionWords } from './regression.words.js';
import { wayOut } from './remedy.words.js';
import type { RemedyWords } from './remedy.words.js';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

const MIB = 1024 ** 2;

const MESSAGES: WordsByKind<FindingFact> = {
  failed: ({ message }) => message,
  'config-valid': ({ path }) => `The configuration is valid (${path}).`,
  'backend-answers': ({ name, version, endpoint, testedUpTo }) => {
    const answers = `${name}${version === null ? '' : ` ${version}`} answers${endpoint === null ? '' : ` at ${endpoint}`}.`;
    return testedUpTo === null
      ? answers
      : `${answers} Plimsoll was tested with ${name} up to ${testedUpTo}; this one is newer.`;
  },
  'servers-silent': ({ addresses }) => `Not answering: ${addresses.join(', ')}. The other servers take its requests.`,
  'no-gpu': () => 'No GPU was found; models run on the processor.',
  'engine-build': ({ build }) => `The engine inside runs its ${build} build.`,
  'device-without-build': ({ device }) => `${device} is not used: no build of the engine for it is installed.`,
  'device-without-libraries': ({ device, build, missing }) =>
    `${device} is not used: the ${build} build of the engine needs ${missing.join(', ')}, not found here.`,
  'no-readings': ({ device }) => `${device} gives no readings.`,
  throttled: ({ device, temperatureC }) =>
    `${device} is slowed down by heat${temperatureC === null ? '' : ` at ${temperatureC} °C`}.`,
  'near-throttling': ({ device, marginC }) => `${device} is ${marginC} °C below its slow-down temperature.`,
  'limit-above-device': ({ device, limitBytes, deviceBytes }) =>
    `gpu_memory_limit_mb is ${Math.round(limitBytes / MIB)}, more than ${device} has (${Math.round(deviceBytes / MIB)} MiB).`,
  'device-well': ({ device }) => `${device} answers and is not held back by heat.`,
  'no-model-configured': () => 'No model is configured; commands name theirs.',
  'model-runs-as': ({ model, variant, level }) => `${model} runs as ${variant}${level === null ? '' : ` (${level})`}.`,
  'calls-failed': ({ variant, failed, total }) => `${failed} of ${total} recorded calls of ${variant} failed.`,
  'ran-out-of-memory': ({ variant }) => `${variant} ran out of memory.`,
  'cannot-keep': ({ folder, why }) => `Nothing can be kept in ${folder}: ${OBSTACLES[why]}.`,
  'records-usual': ({ calls }) => `${calls} recorded calls, nothing unusual.`,
  'nothing-got-worse': () => 'Nothing recorded here got worse.',
  'got-worse': ({ regression }) => regressionWords(regression),
  'resident-size-unknown': ({ model }) => `The backend does not say how much memory ${model} takes.`,
  'resident-size': (fact) => residentWords(fact),
};

const OBSTACLES = {
  'read-only': 'the disk is read-only',
  forbidden: 'this user may not write there',
  full: 'the disk is full',
} as const;

const OUTCOMES: Readonly<Record<ResidentFact['outcome'], string>> = {
  agrees: '',
  more: ' More than predicted: parallel requests multiply the cache, and drivers keep memory of their own.',
  'less-by-cache':
    ' Less than predicted: the cache may be quantized, or mapped weights are not counted by the backend.',
  less: ' Less than predicted: the backend may not count weights that it maps from the file.',
};

function residentWords(fact: ResidentFact): string {
  const { model, observedBytes, predictedBytes, contextTokens, everyLogit, hostBytes, outcome } = fact;
  const share = observedBytes / predictedBytes - 1;
  const percent = `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)} %`;
  const takes = `${model} takes ${formatBytes(observedBytes)}; ${formatBytes(predictedBytes)} were predicted at ${contextTokens} tokens (${percent}).`;
  const logits = everyLogit
    ? ' It reserves logits for every token of a batch, as older servers do; plans count the last one of each sequence.'
    : '';
  const onHost = hostBytes === 0 ? '' : ` ${formatBytes(hostBytes)} of it lie on the host.`;
  return `${takes}${logits}${onHost}${OUTCOMES[outcome]}`;
}

/** Advice that is no remedy of this program. */
function adviceOf(fact: FindingFact): string | null {
  switch (fact.kind) {
    case 'failed':
      return fact.hint;
    case 'backend-answers':
      return fact.testedUpTo === null
        ? null
        : 'If something fails with it, look for a newer Plimsoll, and report what you see.';
    case 'servers-silent':
      return 'Start it there, or take it out of ollama_host and ollama_hosts.';
    case 'device-without-libraries':
      return 'Install the driver and its libraries; in a container, hand the device on to it.';
    case 'throttled':
      return 'Improve the cooling, or run less at once.';
    case 'resident-size':
      return fact.outcome === 'agrees' ? null : 'The observation is kept, and plans for this machine use it.';
    default:
      return null;
  }
}

/** What was found, and what to do about it (null for nothing), in words. */
export function findingWords(
  { fact, remedies }: Pick<Finding, 'fact' | 'remedies'>,
  words?: RemedyWords,
): { readonly message: string; readonly hint: string | null } {
  return { message: wordsOf(MESSAGES, fact), hint: wayOut({ hint: adviceOf(fact), remedies }, words) };
}
