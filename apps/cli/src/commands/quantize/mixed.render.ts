import type { QuantizeDocument } from '@plimsoll/contract';
import { formatBytes, formatCount, formatDuration, formatNumber } from '../../output/format.js';
import { shellWord } from '../../output/shell-word.js';
import { renderTable } from '../../output/table.js';

/** The plan by group, and how it fared. */
export function renderMixed(document: QuantizeDocument, recipe: string | null): string {
  const { mixed, sizeBytes, path, name, durationMs, dryRun } = document;
  if (mixed === null) return '';
  const { preset, loss } = mixed;
  const table = renderTable(
    [
      { header: 'TENSORS' },
      { header: 'TYPE' },
      { header: 'BYTES', align: 'right' },
      { header: 'LOSS', align: 'right' },
      { header: 'ALONE AT 3 BITS', align: 'right' },
    ],
    mixed.groups.map((one) => [
      ...[one.name, one.type, formatBytes(one.bytes), one.predictedLoss.toPrecision(2)],
      one.sensitivity.toPrecision(2),
    ]),
    { indent: '  ' },
  );
  const size = `${formatBytes(sizeBytes)}, ${mixed.bitsPerWeight.toFixed(2)} bits per weight`;
  const predicted = `predicted to stray ${mixed.predictedLoss?.toPrecision(3) ?? 'an unknown number of'} nats per token`;
  const lines = [table, '', `Recipe: ${size}, ${predicted} (${mixed.evaluations} measurements).`];
  const { fit, speed } = mixed;
  if (speed !== null) lines.push(...speedLines(speed, preset?.level ?? null));
  if (fit !== null) {
    lines.push(
      `Fits ${fit.machine} with ${formatCount(fit.contextTokens)} tokens: ${formatBytes(fit.weightsBytes)} of weights and ${formatBytes(fit.otherBytes)} beside them, of ${formatBytes(fit.usableBytes)} usable.`,
    );
  }
  if (dryRun)
    return [...lines, recipe === null ? 'Nothing was written.' : `Only the recipe was written: ${recipe}`].join('\n');
  if (loss !== null && preset !== null && preset.loss !== null) {
    lines.push(
      `On text that was not used for choosing: ${loss.toPrecision(3)}; ${preset.level} at ${formatBytes(preset.sizeBytes)}: ${preset.loss.toPrecision(3)} (${compared(loss, preset.loss)}).`,
    );
  }
  const made = path ?? name ?? '';
  lines.push(
    mixed.kept
      ? `Made ${made} in ${formatDuration(durationMs)}.`
      : `${whyNot(loss, speed)}, so ${preset?.level ?? 'it'} was made instead: ${made}.`,
    `Try it: plimsoll run ${shellWord(made)} "Hello"`,
  );
  return lines.join('\n');
}

function compared(loss: number, presetLoss: number): string {
  const percent = Math.round((loss / presetLoss - 1) * 100);
  return percent === 0 ? 'alike' : `${Math.abs(percent)}\u00a0% ${percent < 0 ? 'less' : 'more'}`;
}

function whyNot(loss: number | null, speed: Speed | null): string {
  if (speed === null) return 'The preset is better';
  return speed.mostLoss !== null && (loss ?? 0) > speed.mostLoss
    ? `It may stray ${speed.mostLoss.toPrecision(3)} at most`
    : 'The preset is predicted to be as fast';
}

/** What is predicted of its speed, and by what. */
function speedLines(
  { tokensPerSecond, presetTokensPerSecond, basis, processor, weightsPerSecond }: Speed,
  preset: string | null,
): string[] {
  const fast = (value: number | null): string => (value === null ? 'unknown' : `${formatNumber(value)} tokens/s`);
  const held = preset === null ? '' : `; ${preset}: ${fast(presetTokensPerSecond)}`;
  const types = Object.entries(weightsPerSecond)
    .filter(([type]) => type !== 'F32' && type !== 'BF16')
    .sort(([, a], [, b]) => b - a)
    .map(([type, perSecond]) => `${type} ${(perSecond / 1e9).toPrecision(3)}`);
  return [
    `Predicted speed, with an empty cache: ${fast(tokensPerSecond)}${held}.`,
    `Billions of weights per second, ${basis === 'measured' ? `measured on ${processor}` : `typical of ${processor}, not measured`}:`,
    ...inColumns(types),
  ];
}

type Speed = NonNullable<QuantizeDocument['mixed']>['speed'] & object;

const PER_LINE = 5;

function inColumns(texts: readonly string[]): string[] {
  const lines = Array.from({ length: Math.ceil(texts.length / PER_LINE) }, (_, i) =>
    texts.slice(i * PER_LINE, (i + 1) * PER_LINE),
  );
  return lines.map((line) => `  ${line.map((text) => text.padEnd(13)).join('')}`.trimEnd());
}
