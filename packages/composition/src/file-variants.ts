import {
  CapabilityMissingError,
  LEVELS,
  isFullPrecision,
  isPlimsollError,
  levelFromFileType,
  metadataNumber,
  parseModelReference,
  type BuildMethod,
  type BuildRequest,
  type CallOptions,
  type CatalogEntry,
  type InspectedModel,
  type InstalledVariant,
  type Level,
  type ModelCatalog,
  type ModelInspector,
  type VariantBuilder,
} from '@plimsoll/domain';

/**
 * What can be said about the variants of a GGUF file from headers alone, without starting the engine: which files
 * are there, and which levels could be made from them.
 */
export class FileVariants implements ModelCatalog {
  readonly #inspector: ModelInspector;

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
      level: levelOf(inspected),
      sizeBytes: header.fileBytes,
      digest,
      architecture: header.architecture,
      parameterSize: null,
      modifiedAtMs: null,
      ...(path === null ? {} : { path }),
    };
  }

  /** The file itself as the one variant known without looking around: its name need not follow our convention. */
  async variants(model: string, options?: CallOptions): Promise<readonly CatalogEntry[]> {
    const found = await this.find(model, options);
    if (found === null) return [];
    const { name, level, sizeBytes, digest } = found;
    return [{ name, level, sizeBytes, digest, location: 'local' }];
  }

  /** Whether the embedded engine can make the level from the file. The engine itself has the last word. */
  async methods(
    { source, level, allowRequantize }: BuildRequest,
    options?: CallOptions,
  ): Promise<readonly BuildMethod[]> {
    if (LEVELS[level].needsImportanceMatrix) return [];
    const inspected = await this.#inspect(source, options);
    const from = inspected === null ? null : levelOf(inspected);
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

function levelOf({ header }: InspectedModel): Level | null {
  const fileType = metadataNumber(header, 'general.file_type');
  return fileType === null ? null : levelFromFileType(fileType);
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
