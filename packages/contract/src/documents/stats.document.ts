import type { Development, SettingsProposal } from '@plimsoll/application';
import type { Regression, VariantStatistics } from '@plimsoll/domain';
import { proposalWords } from '../words/proposal.words.js';
import { environmentChangeWords, regressionWords } from '../words/regression.words.js';
import type { StatsDocument } from '../schemas/stats.schema.js';

/** The JSON document of recorded performance. */
export function statsDocument(
  statistics: readonly VariantStatistics[],
  sinceMs: number | null,
  { trends, regressions }: Development,
  proposals: readonly SettingsProposal[] | null,
  applied: boolean,
): StatsDocument {
  return {
    schema: 'plimsoll.stats/1',
    sinceMs,
    variants: variantsDocument(statistics),
    trends,
    regressions: regressions.map(regressionDocument),
    proposals:
      proposals?.map(({ model, override: { level, kvCacheType, enabled }, reasons }) => ({
        model,
        override: { level, kvCacheType, enabled },
        reasons: reasons.map(proposalWords),
      })) ?? null,
    applied,
  };
}

/** The recorded performance of each variant. */
export const variantsDocument = (statistics: readonly VariantStatistics[]): StatsDocument['variants'] =>
  statistics.map((one) => ({
    model: one.model,
    variant: one.variant,
    digest: one.digest,
    total: one.total,
    succeeded: one.succeeded,
    failed: one.failed,
    successRate: one.successRate,
    meanMs: one.meanMs,
    minMs: one.minMs,
    maxMs: one.maxMs,
    p50Ms: one.p50Ms,
    p95Ms: one.p95Ms,
    p99Ms: one.p99Ms,
    meanDecodeTokensPerSecond: one.meanDecodeTokensPerSecond,
    meanFirstTokenMs: one.meanFirstTokenMs,
  }));

function regressionDocument(regression: Regression): StatsDocument['regressions'][number] {
  const { kind, model, variant, device, before, now, pValue, changes } = regression;
  const message = regressionWords(regression);
  return { kind, model, variant, device, before, now, pValue, changes: changes.map(environmentChangeWords), message };
}
