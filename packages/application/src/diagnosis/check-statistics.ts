import type { Measurement, VariantStatistics } from '@plimsoll/domain';
import type { Finding } from './finding.js';

/** Success rate below which a variant is worth a warning, from this many calls on. */
const GOOD_SUCCESS_RATE = 0.9;
const ENOUGH_CALLS = 5;

/** Looks at what was recorded: calls that fail, and memory that ran out. */
export function checkStatistics(
  statistics: readonly VariantStatistics[],
  recent: readonly Measurement[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { model, variant, total, failed, successRate } of statistics) {
    if (total < ENOUGH_CALLS || successRate === null || successRate >= GOOD_SUCCESS_RATE) continue;
    findings.push({
      check: 'failures',
      status: 'warning',
      message: `${failed} of ${total} recorded calls of ${variant} failed.`,
      hint: `See what was recorded with: plimsoll stats ${model}`,
    });
  }
  const outOfMemory = recent.find((measurement) => measurement.errorCode === 'out-of-memory');
  if (outOfMemory !== undefined) {
    findings.push({
      check: 'memory',
      status: 'problem',
      message: `${outOfMemory.variant} ran out of memory.`,
      hint: `Find a level that fits with: plimsoll plan ${outOfMemory.model}. Or lower the limit: plimsoll config set ai.gpu_memory_limit_mb N`,
    });
  }
  if (findings.length > 0) return findings;
  const calls = statistics.reduce((sum, { total }) => sum + total, 0);
  return [{ check: 'records', status: 'ok', message: `${calls} recorded calls, nothing unusual.`, hint: null }];
}
