import type { Measurement, VariantStatistics } from '@plimsoll/domain';
import { finding } from './finding.js';
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
    const fact = { kind: 'calls-failed', variant, failed, total } as const;
    findings.push(finding('failures', 'warning', fact, { kind: 'see-statistics', model }));
  }
  const outOfMemory = recent.find((measurement) => measurement.errorCode === 'out-of-memory');
  if (outOfMemory !== undefined) {
    const { model, variant } = outOfMemory;
    findings.push(
      finding(
        'memory',
        'problem',
        { kind: 'ran-out-of-memory', variant },
        { kind: 'plan-model', model },
        { kind: 'change-setting', path: 'ai.gpu_memory_limit_mb', value: 'N' },
      ),
    );
  }
  if (findings.length > 0) return findings;
  const calls = statistics.reduce((sum, { total }) => sum + total, 0);
  return [finding('records', 'ok', { kind: 'records-usual', calls })];
}
