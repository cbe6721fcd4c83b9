import type { ChosenVariant, PointToRun } from '@plimsoll/application';
import {
  cacheName,
  decodeTokensPerSecond,
  prefillTokensPerSecond,
  type GenerationTimings,
  type PlanCandidate,
} from '@plimsoll/domain';
import { formatCount, formatDuration, formatNumber } from '../../output/format.js';
import { printable } from '../../output/printable.js';

const REASONS: Readonly<Record<ChosenVariant['reason'], string>> = {
  'quantization-off': 'quantization is off',
  'level-in-name': 'the name states its level',
  'already-quantized': 'the file is quantized already',
  'only-variant': 'the server has this one and can make no other',
  'level-asked-for': 'as asked for',
  recommended: 'recommended for this machine',
  settings: 'by the settings',
  fallback: 'in place of the one that was wanted',
};

/** Which variant answers, and why; and how it is loaded, where a plan says so. */
export function renderChosenVariant(
  model: string,
  { variant, level, made, reason }: ChosenVariant,
  point: PointToRun | null = null,
): string {
  const what = `${model} runs as ${variant}${level === null ? '' : ` (${level})`}, ${REASONS[reason]}`;
  const how =
    point === null || reason === 'fallback' ? '' : `: ${pointText(point.candidate, point.plan.budget.devices)}`;
  return made === null ? `${what}${how}.` : `${what}${how}; made just now (${made}).`;
}

/** `entirely on RTX 4060, a q8_0 cache for 8,192 tokens, ~25 tokens/s`. */
function pointText({ shape, fit, expected }: PlanCandidate, devices: PointToRun['plan']['budget']['devices']): string {
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const names = devices.map(({ name }) => printable(name)).join(' and ');
  const where =
    devices.length === 0 || gpuLayers === 0
      ? 'on the processor'
      : fit === 'full'
        ? `entirely on ${names}`
        : expertLayersOnHost > 0
          ? `on ${names}, the experts of ${expertLayersOnHost} layers in RAM`
          : `${gpuLayers} layers on ${names}, the others in RAM`;
  const { value, source } = expected.decodeTokensPerSecond;
  const speed = value === null ? [] : [`${source === 'measured' ? '' : '~'}${formatNumber(value)} tokens/s`];
  return [where, `${cacheName(shape)} cache for ${formatCount(shape.contextTokens)} tokens`, ...speed].join(', ');
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
