import {
  CapabilityMissingError,
  LEVELS,
  isFullPrecision,
  isPlimsollError,
  parseModelReference,
  statedLevel,
  type BuildMethod,
  type BuildRequest,
  type CallOptions,
  type CatalogEntry,
  type InspectedModel,
  type InstalledVariant,
  type ModelCatalog,
  type ModelInspector,
  type VariantBuilder,
} from '@plimsoll/domain';
import { recipesBeside } from '@plimsoll/local-models';

/**
 * What can be said about the variants of a GGUF file from headers alone, without starting the engine: which files
 * are there, and which levels could be made from them. For the length of one plan: the folder is read once.
 */
export class FileVariants implements ModelCatalog {
  readonly #inspector: ModelInspector;
  readonly #recipes = new Map<string, Promise<readonly string[]>>();

  constructor(inspector: ModelInspector) {
    this.#inspector = inspector;
  }

  /** The file of that name as a variant, or null when there is none. */
  async find(name: string, options?: CallOptions): Promise<InstalledVariant | null> {
    const inspected = await this.#inspect(name, options);
    if (inspected === null) return null;
    const { header, path, digest } = inspected;
    return {
      name,
      level: statedLevel(inspected.header),
      sizeBytes: header.fileBytes,
      digest,
      architecture: header.architecture,
      parameterSize: null,
      modifiedAtMs: null,
      ...(path === null ? {} : { path }),
    };
  }

  /** The file itself, whose name need not follow our convention, and what recipes made of it. */
  async variants(model: string, options?: CallOptions): Promise<readonly CatalogEntry[]> {
    const names = [model, ...(await this.#recipesOf(model))];
    const found = await Promise.all(names.map((name) => this.find(name, options)));
    return found.flatMap((one): readonly CatalogEntry[] => {
      if (one === null) return [];
      const { name, level, sizeBytes, digest } = one;
      return [{ name, level, sizeBytes, digest, location: 'local' }];
    });
  }

  #recipesOf(model: string): Promise<readonly string[]> {
    const recipes = this.#recipes.get(model) ?? recipesBeside(model);
    this.#recipes.set(model, recipes);
    return recipes;
  }

  /** Whether the embedded engine can make the level from the file. The engine itself has the last word. */
  async methods(
    { source, level, allowRequantize }: BuildRequest,
    options?: CallOptions,
  ): Promise<readonly BuildMethod[]> {
    if (LEVELS[level].needsImportanceMatrix) return [];
    const inspected = await this.#inspect(source, options);
    const from = inspected === null ? null : statedLevel(inspected.header);
    if (from === null) return [];
    return isFullPrecision(from) || allowRequantize === true ? ['quantize'] : [];
  }

  async #inspect(name: string, options?: CallOptions): Promise<InspectedModel | null> {
    try {
      return await this.#inspector.inspect(parseModelReference(name), options);
    } catch (error) {
      // A file that is missing or broken is no variant; whoever needs it will say so.
      if (isPlimsollError(error) && error.code !== 'cancelled') return null;
      throw error;
    }
  }
}

/** Knows from headers what can be made; the engine is opened only to make it. */
export function lateBuilder(files: FileVariants, builders: () => Promise<readonly VariantBuilder[]>): VariantBuilder {
  const engine = async (): Promise<VariantBuilder> => {
    const [builder] = await builders();
    if (builder === undefined) throw new CapabilityMissingError('This backend makes no variants.');
    return builder;
  };
  return {
    methods: (request, options) => files.methods(request, options),
    build: async (request, options) => (await engine()).build(request, options),
    dryRun: async (request, options) => (await engine()).dryRun(request, options),
  };
}
