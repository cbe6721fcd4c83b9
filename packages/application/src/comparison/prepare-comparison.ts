import {
  CapabilityMissingError,
  InvalidInputError,
  LEVELS,
  VariantNotFoundError,
  isRecipeName,
  isPlimsollError,
} from '@plimsoll/domain';
import type { KvCacheType, Level, VariantLevel } from '@plimsoll/domain';
import type { EnsureVariant, ReadyVariant } from '../variants/ensure-variant.js';
import type { CompareDependencies, ReadyCell } from './compare-dependencies.js';
import type { CompareOptions, CompareRequest } from './compare-request.js';
import type { NotMeasured } from './comparison.js';
import { checkVocabularies, prepareText, whyNoQuality } from './measure-quality.js';
import type { PreparedText } from './measure-quality.js';
import { checkTasks } from './run-tasks.js';
import { speedConditions } from './speed-conditions.js';

/** What a comparison stands on. */
export interface PreparedComparison {
  /** Every cell's variant, the reference first. */
  readonly cells: readonly ReadyCell[];
  /** The text that quality is measured on, as it is and as tokens; null when none is measured. */
  readonly text: string | null;
  readonly prepared: PreparedText | null;
  readonly notMeasured: readonly NotMeasured[];
}

/** Fewer tokens leave nothing to score in a window's second half. */
const SHORTEST_WINDOW = 8;

/**
 * Looks at all that can be wrong, the cheap things first: flags, levels, log-probabilities and vocabularies before a
 * text is written, the text before variants are made.
 * @throws InvalidInputError, VariantNotFoundError, UnsupportedModelError, CapabilityMissingError
 */
export async function prepareComparison(
  dependencies: CompareDependencies,
  request: CompareRequest,
  options: CompareOptions,
): Promise<PreparedComparison> {
  checkRequest(dependencies, request);
  const levels = [request.reference, ...request.levels.filter((level) => level !== request.reference)];
  const kvCaches: readonly KvCacheType[] = request.kvCaches.length > 0 ? request.kvCaches : ['f16'];
  const asked = levels.length * kvCaches.length > 1 ? request.text : null;
  if (asked === null && isQualityOnly(request)) {
    throw new InvalidInputError(
      'There is nothing to measure: no timed runs, no tasks, and no quality of other levels.',
      {
        hint: 'Ask for timed runs, for tasks or for more levels.',
        remedies: [{ kind: 'use-options', options: { iterations: 'N', tasks: '', levels: 'LEVELS' } }],
      },
    );
  }
  const installed = await checkLevels(dependencies, request, levels, options);
  const variants: ReadyVariant[] = [await ensureLevel(dependencies, request, levels, 0, options)];

  const cellsOf = (ready: ReadyVariant): readonly ReadyCell[] =>
    kvCaches.map((kvCache) => ({ level: ready.level, kvCache, variant: ready.name, ready }));
  const [reference] = variants.flatMap(cellsOf);
  const { logits } = dependencies;
  const reason =
    asked === null || reference === undefined ? null : await whyNoQuality(dependencies, reference, options);
  const notMeasured = reason === null ? [] : [reason];
  if (reason !== null) tellOrRefuse(request, reason, options);

  let text: string | null = null;
  let prepared: PreparedText | null = null;
  if (asked !== null && reason === null && logits !== null && reference !== undefined) {
    await checkVocabularies(logits, reference, installed, options);
    text = typeof asked === 'function' ? await asked() : asked;
    prepared = await prepareText(logits, text, request.windowTokens, reference, options);
  }
  for (let index = 1; index < levels.length; index += 1) {
    variants.push(await ensureLevel(dependencies, request, levels, index, options));
  }
  if (prepared !== null) {
    const made = variants.slice(1).flatMap(({ name }) => (installed.includes(name) ? [] : [name]));
    await checkVocabularies(prepared.logits, prepared.reference, made, options);
  }
  return { cells: variants.flatMap(cellsOf), text, prepared, notMeasured };
}

function checkRequest(dependencies: CompareDependencies, request: CompareRequest): void {
  checkTasks(dependencies, request);
  speedConditions(request);
  if (request.windowTokens < SHORTEST_WINDOW) {
    throw new InvalidInputError(`A window needs at least ${SHORTEST_WINDOW} tokens.`);
  }
  const { capabilities, id } = dependencies.runtime;
  const cache = request.kvCaches.find((type) => type !== 'f16');
  if (cache === undefined || capabilities.kvCachePerModel === true) return;
  throw new CapabilityMissingError(`The ${id} backend cannot choose the KV cache type ${cache} for one model.`, {
    hint: 'Its server sets it for all models. The embedded engine can compare caches.',
    remedies: [{ kind: 'use-backend', backend: 'embedded' }],
  });
}

/** Names of the levels' variants that are there; refuses those that are not and shall or can not be made. */
async function checkLevels(
  { ensure }: CompareDependencies,
  { model, make }: CompareRequest,
  levels: readonly VariantLevel[],
  { signal }: CompareOptions,
): Promise<readonly string[]> {
  const installed: string[] = [];
  const unmade: Level[] = [];
  for (const level of levels) {
    const found = await ensure.status(model, level, { signal });
    if (found.status === 'installed') installed.push(found.name);
    else if (found.status === 'can-make' && !isRecipeName(level)) unmade.push(level);
    else await refuseLevel(ensure, model, level, { signal });
  }
  if (make || unmade.length === 0) return installed;
  throw new VariantNotFoundError(`There is no ${unmade.join(' and no ')} variant of ${model} yet.`, {
    remedies: [{ kind: 'make-variants', model, levels: unmade }],
  });
}

/** Says that a level cannot be had, and why where that is known; a model that is not there at all is told as such. */
async function refuseLevel(
  ensure: EnsureVariant,
  model: string,
  level: VariantLevel,
  options: Pick<CompareOptions, 'signal'>,
): Promise<never> {
  try {
    await ensure.ensure(model, level, { ...options, make: false });
  } catch (error) {
    if (!isPlimsollError(error) || error.code !== 'variant-not-found') throw error;
  }
  const why = isRecipeName(level)
    ? 'a recipe is made by measurement first'
    : LEVELS[level].needsImportanceMatrix
      ? `${level} takes an importance matrix, which there is none of`
      : 'none can be made from what is there';
  throw new VariantNotFoundError(`There is no ${level} variant of ${model}, and ${why}.`, {
    hint: 'Leave the level out.',
    remedies: [{ kind: 'list-models' }],
  });
}

async function ensureLevel(
  { ensure }: CompareDependencies,
  { model, make }: CompareRequest,
  levels: readonly VariantLevel[],
  index: number,
  { signal, onProgress }: CompareOptions,
): Promise<ReadyVariant> {
  const level = levels[index] ?? 'F16';
  return ensure.ensure(model, level, {
    signal,
    make,
    onProgress: ({ completed, total }) => {
      const within = completed === null || !total ? 0 : completed / total;
      onProgress?.({ phase: 'building', detail: level, fraction: (index + within) / levels.length, remainingMs: null });
    },
  });
}

/** Whether nothing but quality was asked for. */
const isQualityOnly = ({ iterations, tasks = [] }: CompareRequest): boolean => iterations === 0 && tasks.length === 0;

/** Says what is left out; refuses where nothing else was asked for. */
function tellOrRefuse(request: CompareRequest, missing: NotMeasured, options: CompareOptions): void {
  if (!isQualityOnly(request)) return options.onNotMeasured?.(missing);
  const { reason } = missing;
  const [message, hint] =
    reason.kind === 'refused'
      ? [reason.message, reason.hint ?? undefined]
      : ['This backend gives no log-probabilities of a given text.', 'The embedded engine and llama-server do.'];
  throw new CapabilityMissingError(message, { hint });
}
