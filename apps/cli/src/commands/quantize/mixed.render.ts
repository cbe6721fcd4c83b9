import type { QuantizeDocument } from '@plimsoll/contract';
import { formatBytes, formatCount, formatDuration } from '../../output/format.js';
import { renderTable } from '../../output/table.js';

/** The plan by group, and how it fared. */
export function renderMixed(document: QuantizeDocument, recipe: string | null): string {
  const { mixed, sizeBytes, path: file, durationMs, dryRun } = document;
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
  const { fit } = mixed;
  if (fit !== null) {
    lines.push(
      `Fits ${fit.machine} with ${formatCount(fit.contextTokens)} tokens: ${formatBytes(fit.weightsBytes)} of weights and ${formatBytes(fit.otherBytes)} beside them, of ${formatBytes(fit.usableBytes)} usable.`,
    );
  }
  if (dryRun)
    return [...lines, recipe === null ? 'Nothing was written.' : `Only the recipe was written: ${recipe}`].join('\n');
  if (loss !== null && preset !== null && preset.loss !== null) {
    lines.push(
      `On text that was not used for choosing: ${loss.toPrecision(3)}; ${preset.level} at ${formatBytes(preset.sizeBytes)}: ${preset.loss.toPrecision(3)} (${(((loss - preset.loss) / preset.loss) * 100).toFixed(0)} %).`,
    );
  }
  lines.push(
    mixed.kept
      ? `Made ${file ?? ''} in ${formatDuration(durationMs)}.`
      : `The preset is better, so it was made instead: ${file ?? ''}.`,
  );
  return lines.join('\n');
}
