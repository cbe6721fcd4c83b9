import {
  LEVEL_NAMES,
  isCloudName,
  isFullPrecision,
  isPlimsollError,
  isQuantizedName,
  levelInFileName,
  levelInName,
  levelRank,
  parseModelName,
  parseModelReference,
  resolveQuantization,
} from '@plimsoll/domain';
import type {
  CatalogEntry,
  Clock,
  ConfigStore,
  ErrorCode,
  InstalledVariant,
  VariantLevel,
  LoadOptions,
  ModelRuntime,
} from '@plimsoll/domain';
import type { BackgroundBuilds } from './background-builds.js';
import { ChoiceCache, type FoundChoice } from './choice-cache.js';
import type { ChooseOptions, ChosenVariant } from './chosen-variant.js';
import type { EnsureVariant } from './ensure-variant.js';
import type { PlacedRequest, PlaceRequests } from './place-requests.js';

type StandIn = Pick<CatalogEntry, 'name' | 'level' | 'digest'>;

/** Failures to make a variant that need not keep a model from answering: offline, not to be found, no space, refused. */
const MAY_FALL_BACK: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'variant-not-found',
  'model-not-found',
  'unsupported-level',
  'unsupported-model',
  'invalid-model-file',
  'storage-failed',
  'backend-failed',
  'backend-unreachable',
  'timeout',
  'busy',
]);

/** Resolves the model that a user names to the variant that shall run, by the settings. */
export class ChooseVariant implements PlaceRequests {
  readonly #config: ConfigStore;
  readonly #runtime: ModelRuntime;
  readonly #ensure: EnsureVariant;
  readonly #choices: ChoiceCache;

  readonly #builds: Pick<BackgroundBuilds, 'begin'> | null;

  /** Without `builds`, what is to be made in the background is made first. */
  constructor(
    config: ConfigStore,
    runtime: ModelRuntime,
    ensure: EnsureVariant,
    clock?: Pick<Clock, 'monotonicMs'>,
    builds?: Pick<BackgroundBuilds, 'begin'>,
  ) {
    this.#builds = builds ?? null;
    this.#config = config;
    this.#runtime = runtime;
    this.#ensure = ensure;
    this.#choices = new ChoiceCache(clock ?? null);
  }

  /** What was found out about installed variants no longer counts: one was made, removed, or was not there. */
  forget(): void {
    this.#choices.clear();
  }

  /**
   * The variant of `model` to run. A name that states its level runs as it is, and so does a file that is
   * quantized already. Settings are asked each time, so that a change takes effect at once; where a clock is given, a
   * variant that was found is taken again without looking for it, for a minute, and then looked for meanwhile.
   * @throws VariantNotFoundError with the command that makes it; whatever making it throws, unless another variant is
   * installed that can stand in
   */
  async choose(model: string, options: ChooseOptions): Promise<ChosenVariant> {
    const { settings } = await this.#config.load();
    const { level, contextTokens, keyCacheType, valueCacheType, adapters } = resolveQuantization(settings, model);
    const isUsualCache =
      (keyCacheType === 'f16' && valueCacheType === 'f16') || this.#runtime.capabilities.kvCachePerModel !== true;
    const load: LoadOptions = {
      ...(contextTokens === null ? {} : { contextTokens }),
      ...(isUsualCache ? {} : { keyCacheType, valueCacheType }),
      ...(settings.threads === null ? {} : { threads: settings.threads }),
      ...(adapters.length === 0 ? {} : { adapters }),
    };
    const choice = await this.#choices.get(
      settings,
      [model, options.level ?? null, options.recommended ?? false, options.make, options.standIn ?? false],
      (background) =>
        this.#choose(
          model,
          level,
          background
            ? { make: false, standIn: options.standIn, level: options.level, recommended: options.recommended }
            : options,
        ),
    );
    if (options.strict === true && choice.wanted !== undefined) throw choice.wanted.error;
    return { ...choice, load };
  }

  /** A place without a governor: nothing is held. */
  async place(model: string, options: ChooseOptions): Promise<PlacedRequest> {
    return { chosen: await this.choose(model, options), release: () => undefined };
  }

  async #choose(model: string, wanted: VariantLevel | null, options: ChooseOptions): Promise<FoundChoice> {
    if (options.level !== undefined) {
      return this.#at(model, options.level, options.recommended === true ? 'recommended' : 'level-asked-for', options);
    }
    const installed = await this.#runtime.find(model, options);
    const isFile = installed?.path !== undefined || parseModelReference(model).kind === 'file';
    const stated = isFile ? levelInFileName(model) : levelInName(model);
    // An F16 file is where quantization starts; a library's F16 tag is a choice that somebody typed.
    const isChoice = isFile
      ? stated !== null && !isFullPrecision(stated)
      : isQuantizedName(model) || isCloudName(model);
    if (isChoice) return this.#asItIs(model, installed, stated, 'level-in-name', options);
    if (wanted === null) return this.#asItIs(model, installed, stated, 'quantization-off', options);
    if (installed?.level === wanted) return chosen(installed, 'settings');
    if (installed !== null && isFile && installed.level !== null && !isFullPrecision(installed.level)) {
      return chosen(installed, 'already-quantized');
    }
    // A server with one model and no means to make another runs the one it has.
    if (installed !== null && !this.#ensure.makesVariants) return chosen(installed, 'only-variant');
    return this.#at(model, wanted, 'settings', options);
  }

  async #at(
    model: string,
    level: VariantLevel,
    reason: ChosenVariant['reason'],
    options: ChooseOptions,
  ): Promise<FoundChoice> {
    try {
      const make = options.make === true || (options.make === 'in-background' && this.#builds === null);
      const { name, digest, made } = await this.#ensure.ensure(model, level, { ...options, make });
      return { choice: { variant: name, level, digest, made, reason }, isInstalled: made === null };
    } catch (error) {
      const mayStandIn = options.make !== false || options.standIn === true;
      if (!mayStandIn || options.strict === true || !isPlimsollError(error) || !MAY_FALL_BACK.has(error.code))
        throw error;
      const best = bestInstalled(await this.#standIns(model, options), level);
      const builds = options.make === 'in-background' ? this.#builds : null;
      if (best === null) {
        if (builds === null) throw error;
        return await this.#at(model, level, reason, { ...options, make: true });
      }
      const { name: variant, digest } = best;
      const failed = builds?.begin(model, level) ?? null;
      const wanted = { level, error: failed ?? error, isBeingMade: builds !== null && failed === null };
      const choice = { variant, level: best.level, digest, made: null, reason: 'fallback', wanted } as const;
      return { choice, isInstalled: true };
    }
  }

  /** A file, and a name without a tag, which stands for models of several sizes: only that very one may stand in. */
  async #standIns(model: string, options: ChooseOptions): Promise<readonly StandIn[]> {
    const named = await this.#runtime.find(model, options);
    const isOneOfItsKind = parseModelReference(model).kind === 'file' || parseModelName(model).tag === null;
    if (named !== null && isOneOfItsKind) return [named];
    return this.#ensure.installed(model, { signal: options.signal, remote: false });
  }

  async #asItIs(
    model: string,
    installed: InstalledVariant | null,
    stated: VariantLevel | null,
    reason: ChosenVariant['reason'],
    options: ChooseOptions,
  ): Promise<FoundChoice> {
    if (installed !== null) return chosen(installed, reason);
    if (stated === null) {
      // A base name stands for its variants.
      const source = await this.#ensure.source(model, options);
      const found = source === model ? null : await this.#runtime.find(source, options);
      if (found !== null) return chosen(found, reason);
    }
    if (stated !== null && options.make !== false) {
      try {
        return await this.#at(model, stated, reason, options);
      } catch (error) {
        if (!isPlimsollError(error) || error.code !== 'variant-not-found') throw error;
      }
    }
    // The backend knows best what is wrong with a name that it does not have.
    return { choice: { variant: model, level: stated, digest: null, made: null, reason }, isInstalled: false };
  }
}

/**
 * The variant that comes closest: the best one below the wanted level, which needs no more memory, else the smallest
 * above it, else one of unknown level. Null when there is none.
 */
function bestInstalled(installed: readonly StandIn[], wanted: VariantLevel): StandIn | null {
  const worst = LEVEL_NAMES.length;
  const rank = ({ level }: StandIn): number => {
    if (level === null) return 2 * worst;
    const distance = levelRank(level) - levelRank(wanted);
    return distance >= 0 ? distance : worst - distance;
  };
  return [...installed].sort((left, right) => rank(left) - rank(right))[0] ?? null;
}

const chosen = (installed: InstalledVariant, reason: ChosenVariant['reason']): FoundChoice => ({
  choice: { variant: installed.name, level: installed.level, digest: installed.digest, made: null, reason },
  isInstalled: true,
});
