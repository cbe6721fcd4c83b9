import {
  ModelNotFoundError,
  StorageFailedError,
  VariantNotFoundError,
  isFullPrecision,
  isPlimsollError,
  isRecipeName,
  levelRank,
} from '@plimsoll/domain';
import type {
  BuildMethod,
  BuildOptions,
  BuildRequest,
  BuiltVariant,
  CallOptions,
  CatalogEntry,
  CatalogOptions,
  EventBus,
  VariantLevel,
  ModelCatalog,
  ModelRuntime,
  RecipeName,
  VariantBuilder,
} from '@plimsoll/domain';

/** How the chosen backend names `model` at `level`. */
export type NameVariant = (model: string, level: VariantLevel) => string;

/** A variant that is at hand. */
export interface ReadyVariant {
  readonly name: string;
  readonly level: VariantLevel;
  readonly sizeBytes: number | null;
  readonly digest: string | null;
  /** How it was made just now, or null when it was there. */
  readonly made: BuildMethod | null;
}

/** Where a variant stands: there, or how it could come. */
export type VariantStatus =
  | {
      readonly status: 'installed';
      readonly name: string;
      readonly sizeBytes: number | null;
      readonly digest: string | null;
    }
  | { readonly status: 'can-make'; readonly name: string; readonly method: BuildMethod }
  | { readonly status: 'missing'; readonly name: string };

/** Finds the variant of a model at a level, and makes it when it is missing and that is wanted. */
export class EnsureVariant {
  readonly #runtime: Pick<ModelRuntime, 'find'>;
  readonly #catalog: ModelCatalog;
  readonly #builders: readonly VariantBuilder[];
  readonly #nameVariant: NameVariant;
  readonly #bus: EventBus;

  constructor(
    runtime: Pick<ModelRuntime, 'find'>,
    catalog: ModelCatalog,
    builders: readonly VariantBuilder[],
    nameVariant: NameVariant,
    bus: EventBus,
  ) {
    this.#runtime = runtime;
    this.#catalog = catalog;
    this.#builders = builders;
    this.#nameVariant = nameVariant;
    this.#bus = bus;
  }

  /** Whether there is anything that makes variants; without, what is installed is all there will be. */
  get makesVariants(): boolean {
    return this.#builders.length > 0;
  }

  /**
   * What variants of `model` are made from: the model itself, or, where that is quantized or only a base name, the one
   * of its variants at hand that lost nothing.
   */
  async source(model: string, options?: CallOptions): Promise<string> {
    return sourceAmong(await this.#catalog.variants(model, { signal: options?.signal, remote: false }), model);
  }

  /** Tells whether the variant is there or how it could be made. Changes nothing. */
  async status(model: string, level: VariantLevel, options?: CallOptions): Promise<VariantStatus> {
    const { found, source } = await this.#find(model, level, options);
    if (found !== null)
      return { status: 'installed', name: found.name, sizeBytes: found.sizeBytes, digest: found.digest };
    const target = this.#nameVariant(model, level);
    // A recipe is chosen by measurement: its name alone does not make it.
    if (isRecipeName(level)) return { status: 'missing', name: target };
    for (const builder of this.#builders) {
      const [method] = await builder.methods({ source, target, level }, options);
      if (method !== undefined) return { status: 'can-make', name: target, method };
    }
    return { status: 'missing', name: target };
  }

  /** Every variant of the model that is at hand now. */
  async installed(model: string, options?: CatalogOptions): Promise<readonly CatalogEntry[]> {
    return (await this.#catalog.variants(model, options)).filter(({ location }) => location === 'local');
  }

  /**
   * The variant, made when it is missing and `make` allows it.
   * @throws VariantNotFoundError naming the command that makes it; whatever the builder throws.
   */
  async ensure(
    model: string,
    level: VariantLevel,
    options: BuildOptions & { readonly make: boolean },
  ): Promise<ReadyVariant> {
    const { found, source } = await this.#find(model, level, options);
    if (found !== null)
      return { name: found.name, level, sizeBytes: found.sizeBytes, digest: found.digest, made: null };
    if (isRecipeName(level)) return this.#refuseRecipe(model, level, options);
    const request = { source, target: this.#nameVariant(model, level), level };
    for (const builder of this.#builders) {
      // A registry is asked to make something, not to find that nothing shall be made.
      const [method] = await builder.methods(request, { signal: options.signal, remote: options.make });
      if (method === undefined) continue;
      if (!options.make) {
        throw new VariantNotFoundError(`There is no ${level} variant of ${model} yet.`, {
          remedies: [{ kind: 'make-variant', model, level }, { kind: 'turn-quantization-off' }],
        });
      }
      const built = await this.#build(builder, request, options);
      this.#bus.publish({ type: 'variant-built', name: built.name });
      return { name: built.name, level, sizeBytes: built.sizeBytes, digest: built.digest, made: method };
    }
    await this.#refuseUnknown(model, { signal: options.signal, remote: options.make });
    throw new VariantNotFoundError(
      `There is no ${level} variant of ${model}, and none can be made from what is there.`,
      {
        hint: 'Choose another level.',
        remedies: [{ kind: 'list-models' }, { kind: 'turn-quantization-off' }],
      },
    );
  }

  async #refuseRecipe(model: string, recipe: RecipeName, options: CallOptions): Promise<never> {
    await this.#refuseUnknown(model, { signal: options.signal, remote: false });
    throw new VariantNotFoundError(`There is no variant ${recipe} of ${model}.`, {
      hint: 'A recipe is made by measurement: quantize with a size or a loss as the target.',
      remedies: [{ kind: 'use-options', options: { 'target-bpw': '4.5' } }, { kind: 'list-models' }],
    });
  }

  /** Whoever runs a model named no place for its variant; where it cannot be written, they are told how to. */
  async #build(builder: VariantBuilder, request: BuildRequest, options: BuildOptions): Promise<BuiltVariant> {
    try {
      return await builder.build(request, options);
    } catch (error) {
      if (!isPlimsollError(error) || error.code !== 'storage-failed') throw error;
      const { source, level } = request;
      throw new StorageFailedError(error.message, {
        remedies: [
          { kind: 'make-variant', model: source, level, how: 'file-elsewhere' },
          { kind: 'turn-quantization-off' },
        ],
        cause: error,
      });
    }
  }

  /** A model that is not there at all is told as such, not as a missing level. */
  async #refuseUnknown(model: string, options: CatalogOptions): Promise<void> {
    const known = (await this.#runtime.find(model, options)) ?? (await this.#catalog.variants(model, options))[0];
    if (known !== undefined) return;
    throw new ModelNotFoundError(`There is no model ${model} on this backend.`, {
      hint: 'A GGUF file can be named by its path.',
      remedies: [{ kind: 'list-models' }],
    });
  }

  /** The backend's own word on levels counts; the conventional name only helps to find the variant. */
  async #find(
    model: string,
    level: VariantLevel,
    options?: CallOptions,
  ): Promise<{ readonly found: CatalogEntry | null; readonly source: string }> {
    const variants = await this.#catalog.variants(model, { signal: options?.signal, remote: false });
    const local = variants.find((entry) => entry.location === 'local' && entry.level === level);
    const source = sourceAmong(variants, model);
    if (local !== undefined) return { found: local, source };
    const named = await this.#runtime.find(this.#nameVariant(model, level), options);
    if (named === null || (named.level !== null && named.level !== level)) return { found: null, source };
    const { name, sizeBytes, digest } = named;
    return { found: { name, level: named.level, sizeBytes, digest, location: 'local' }, source };
  }
}

/** The model itself unless it is known to be quantized or not to be there; else its best variant of full precision. */
function sourceAmong(variants: readonly CatalogEntry[], model: string): string {
  const local = variants.filter(({ location }) => location === 'local');
  const own = local.find(({ name }) => name === model);
  if (own !== undefined && (own.level === null || isFullPrecision(own.level))) return model;
  const better = (a: CatalogEntry, b: CatalogEntry): number => rank(a) - rank(b);
  return local.filter(({ level }) => level !== null && isFullPrecision(level)).sort(better)[0]?.name ?? model;
}

const rank = ({ level }: CatalogEntry): number => (level === null ? Number.POSITIVE_INFINITY : levelRank(level));
