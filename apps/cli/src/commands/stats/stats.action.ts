import { CLOCK } from '@plimsoll/di';
import type { VariantStatistics } from '@plimsoll/domain';
import { withServices } from '../../composition/services.js';
import { getStatistics } from '../../composition/use-cases.js';
import { EXIT } from '../../errors/exit-codes.js';
import type { StatsDocument } from '../../schemas/stats.schema.js';
import type { CommandContext } from '../command-context.js';
import type { StatsFlags } from './stats.command.js';
import { renderStats } from './stats.render.js';

const DAY_MS = 86_400_000;

/** `plimsoll stats`. */
export async function stats(context: CommandContext, model: string | undefined, flags: StatsFlags): Promise<number> {
  return withServices(context, flags, async (services) => {
    const clock = await services.get(CLOCK);
    const sinceMs = flags.days === undefined ? null : Math.round(clock.nowMs() - flags.days * DAY_MS);
    const statistics = await (
      await getStatistics(services)
    ).statistics({ model, backend: flags.backend, sinceMs: sinceMs ?? undefined });
    const document = statsDocument(statistics, sinceMs);
    context.output.result(document, () =>
      renderStats(document, model ?? null, context.output.style, context.output.width),
    );
    return EXIT.done;
  });
}

/** The JSON document of recorded performance. */
export function statsDocument(statistics: readonly VariantStatistics[], sinceMs: number | null): StatsDocument {
  return {
    schema: 'plimsoll.stats/1',
    sinceMs,
    variants: statistics.map((one) => ({
      model: one.model,
      variant: one.variant,
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
    })),
  };
}
