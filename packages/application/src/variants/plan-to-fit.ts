import {
  InvalidInputError,
  NothingFitsError,
  createFootprintModel,
  formatBytes,
  levelFileBytes,
  presetTypes,
  recipeOverrides,
  wholeFit,
} from '@plimsoll/domain';
import type { FootprintModel, ModelHeader, PlanRequest, RecipeEntry, SizedTensor } from '@plimsoll/domain';
import type { MixOptions, MixPrecision, PrecisionPlan } from './mix-precision.js';

/** A recipe that fits a machine, and how it lies there. */
export interface FittingPlan {
  readonly plan: PrecisionPlan;
  readonly fit: RecipeFit;
}

/** Memory that a recipe takes on the machine that it was chosen for. Bytes. */
export interface RecipeFit {
  readonly machine: string;
  readonly usableBytes: number;
  readonly weightsBytes: number;
  /** Cache, state, scratch memory and what drivers take. */
  readonly otherBytes: number;
  readonly contextTokens: number;
}

/** Types that are the least and the most of a recipe. */
const [LEAST, MOST] = ['IQ2_S', 'Q8_0'] as const;
/** A machine of several cards holds whole layers: what is left over on one of them is missing on another. */
const MOST_TRIES = 8;

/**
 * Chooses types so that everything lies on the devices of the machine that `request` plans for: the budget is what it
 * may use, less cache, scratch memory and margin.
 * @throws NothingFitsError when the smallest recipe is too large, InvalidInputError when Q8_0 fits anyway; whatever
 *   `MixPrecision.plan` throws
 */
export async function planToFit(
  mixing: Pick<MixPrecision, 'plan'>,
  header: ModelHeader,
  request: PlanRequest,
  options: MixOptions = {},
): Promise<FittingPlan> {
  const model = createFootprintModel(header);
  let bytes = bytesToFit(header, request, model);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const plan = await mixing.plan(header, { kind: 'bytes', bytes }, options);
    const { footprint, shortBytes, otherBytes } = wholeFit(request, model, tensorsOf(header, plan.entries));
    if (shortBytes === 0) {
      const uses = footprint.devices.length === 0 ? [footprint.host] : footprint.devices;
      const weightsBytes = uses.reduce((sum, use) => sum + use.weightsBytes, 0);
      return { plan, fit: { ...machineOf(request), weightsBytes, otherBytes } };
    }
    // Only a part of what is taken away lies where it is missing.
    bytes = Math.min(bytes, plan.fileBytes) - shortBytes * 2 ** tries;
  }
  throw new NothingFitsError(`No recipe was found whose layers can be divided among ${machineOf(request).machine}.`, {
    hint: 'Fit a single card, or give a size with --target-size.',
  });
}

/**
 * Bytes of a file that fits whatever its types are: what is not on the devices is taken to be as small as can be.
 * @throws as `planToFit`, before anything is measured
 */
export function bytesToFit(
  header: ModelHeader,
  request: PlanRequest,
  model: FootprintModel = createFootprintModel(header),
): number {
  const most = wholeFit(request, model, at(header, MOST));
  if (most.shortBytes === 0) {
    const { machine, contextTokens } = machineOf(request);
    throw new InvalidInputError(
      `All of the model fits ${machine} at ${MOST} with ${contextTokens} tokens, so no recipe is needed.`,
      { hint: `Make that with --to ${MOST}, or ask for a longer --context.` },
    );
  }
  const least = wholeFit(request, model, at(header, LEAST));
  if (least.shortBytes > 0) throw nothingFits(header, request, model);
  const elsewhere =
    most.footprint.devices.length === 0 || request.architecture.tiedEmbeddings
      ? 0
      : most.footprint.host.weightsBytes - least.footprint.host.weightsBytes;
  return levelFileBytes(header, MOST, { overrides: [ALL] }) - most.shortBytes - elsewhere;
}

const ALL = { pattern: '.*', type: MOST } as const;

function at(header: ModelHeader, type: typeof LEAST | typeof MOST): readonly SizedTensor[] {
  return presetTypes(header, MOST, { overrides: [{ pattern: '.*', type }] }).tensors;
}

function tensorsOf(header: ModelHeader, entries: readonly RecipeEntry[]): readonly SizedTensor[] {
  return presetTypes(header, MOST, { overrides: recipeOverrides(entries) }).tensors;
}

function nothingFits(header: ModelHeader, request: PlanRequest, model: FootprintModel): NothingFitsError {
  const { footprint, otherBytes, shortBytes } = wholeFit(request, model, at(header, LEAST));
  const { machine, usableBytes, contextTokens } = machineOf(request);
  return new NothingFitsError(
    `No recipe fits ${machine}: even at ${LEAST} the model takes ${formatBytes(footprint.totalBytes)} with ${contextTokens} tokens (${formatBytes(otherBytes)} beside the weights), ${formatBytes(shortBytes)} more than the ${formatBytes(usableBytes)} that are usable.`,
    { hint: 'Ask for a shorter --context or a smaller cache with --kv q8_0, or fit a larger machine.' },
  );
}

function machineOf({ budget, contexts }: PlanRequest): Pick<RecipeFit, 'machine' | 'usableBytes' | 'contextTokens'> {
  const names = budget.devices.map(({ name }) => name);
  return {
    machine: names.length === 0 ? 'the RAM' : names.join(' and '),
    usableBytes: budget.usableBytes,
    contextTokens: contexts[0] ?? 0,
  };
}
