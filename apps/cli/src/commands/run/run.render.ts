import type { ChosenVariant } from '@plimsoll/application';
import { decodeTokensPerSecond, prefillTokensPerSecond, type GenerationTimings } from '@plimsoll/domain';
import { formatCount, formatDuration, formatNumber } from '../../output/format.js';

const REASONS: Readonly<Record<ChosenVariant['reason'], string>> = {
  'quantization-off': 'quantization is off',
  'level-in-name': 'the name states its level',
  'already-quantized': 'the file is quantized already',
  'only-variant': 'the server has this one and can make no other',
  'level-asked-for': 'as asked for',
  settings: 'by the settings',
  fallback: 'in place of the one that was wanted',
};

/** Which variant answers, and why. */
export function renderChosenVariant(model: string, { variant, level, made, reason }: ChosenVariant): string {
  const what = `${model} runs as ${variant}${level === null ? '' : ` (${level})`}, ${REASONS[reason]}`;
  return made === null ? `${what}.` : `${what}; made just now (${made}).`;
}

/** How long an answer took, on one line. */
export function renderTimings(timings: GenerationTimings): string {
  const parts = [
    `${formatCount(timings.generatedTokens)} tokens in ${formatDuration(timings.totalMs)}`,
    timings.loadMs === null || timings.loadMs === 0 ? null : `load ${formatDuration(timings.loadMs)}`,
    timings.firstTokenMs === null ? null : `first token ${formatDuration(timings.firstTokenMs)}`,
    rate('prefill', prefillTokensPerSecond(timings)),
    rate('decode', decodeTokensPerSecond(timings)),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

const rate = (name: string, tokensPerSecond: number | null): string | null =>
  tokensPerSecond === null ? null : `${name} ${formatNumber(tokensPerSecond)} tokens/s`;
