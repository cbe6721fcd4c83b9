import type { ChosenVariant, PointToRun } from '@plimsoll/application';
import type { BackendUseCases } from '@plimsoll/composition';
import { NothingFitsError, parseModelReference, type VariantLevel } from '@plimsoll/domain';
import { formatCount } from '../../output/format.js';
import type { CommandContext } from '../command-context.js';
import type { Ask } from '../agreement.js';
import { demandConsent } from './run.consent.js';
import type { RunFlags } from './run.flags.js';

/**
 * The point that a plan for this machine recommends within what the flags fix; null where the settings decide alone.
 * Before more than 1 GB is written or fetched for it, a person is asked.
 * @throws NothingFitsError; InvalidInputError where nobody can be asked and `--yes` was not given
 */
export async function pointToRun(
  context: CommandContext,
  use: BackendUseCases,
  model: string,
  flags: Omit<RunFlags, 'level'> & { readonly level?: VariantLevel | undefined },
  ask: Ask | null,
): Promise<PointToRun | null> {
  const recommending = await use.recommending(model);
  if (recommending === null) return null;
  const { context: contextTokens, kv, gpuLayers, parallel, ubatch: microBatchTokens, flashAttention, prefer } = flags;
  const { level, make, nCpuMoe } = flags;
  const point = await recommending.recommend(
    {
      model,
      level,
      contexts: listed(contextTokens),
      keyCacheTypes: listed(kv?.keyCacheType),
      valueCacheTypes: listed(kv?.valueCacheType),
      gpuLayers: listed(gpuLayers),
      expertLayersOnHost: nCpuMoe,
      parallel: listed(parallel),
      microBatchTokens,
      flashAttention,
      prefer,
      make,
    },
    { signal: context.signal },
  );
  if (point === 'nothing-fits') {
    throw new NothingFitsError(`No level of ${model} fits into the free memory of this machine.`, {
      remedies: [{ kind: 'plan-model', model }],
      hint: 'Free some memory, or name a level to try it all the same: --level Q4_K_M',
    });
  }
  const trained = point?.plan.model.contextLength ?? null;
  if (trained !== null && (contextTokens ?? 0) > trained) {
    context.output.warn(
      `The model was trained for ${formatCount(trained)} tokens; beyond them its answers fall apart.`,
    );
  }
  if (point !== null && make && flags.yes !== true) await demandConsent(model, point.candidate, ask);
  return point;
}

const listed = <Value>(value: Value | undefined): readonly Value[] | undefined =>
  value === undefined ? undefined : [value];

/** The level to ask for, who says so, and how to load it. */
export function levelOf(
  point: PointToRun | null,
  level: VariantLevel | undefined,
): { readonly level?: VariantLevel | undefined; readonly recommended: boolean; readonly load?: PointToRun['load'] } {
  if (point === null) return { level, recommended: false };
  return { level: point.level, recommended: point.decidedBy === 'plan', load: point.load };
}

/** Who names a file and gets another must be told, and what a plan chose; a name stands for all its variants. */
export function isWorthSaying(model: string, variant: ChosenVariant, point: PointToRun | null): boolean {
  const isOther = parseModelReference(model).kind === 'file' && variant.variant !== model;
  return variant.made !== null || isOther || point?.decidedBy === 'plan';
}
