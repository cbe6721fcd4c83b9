import {
  ModelNotFoundError,
  UnsupportedLevelError,
  isCloudName,
  isPlimsollError,
  levelFromFileType,
  metadataNumber,
  parseModelReference,
  type BuildMethod,
  type BuildOptions,
  type BuildRequest,
  type BuiltVariant,
  type CallOptions,
  type InstalledVariant,
  type Level,
  type ModelInspector,
  type VariantBuilder,
} from '@plimsoll/domain';
import type { OllamaRegistry } from '../catalog/ollama-registry.js';
import { sameOllamaName } from '../model-name.js';
import type { OllamaApi } from '../ollama-api.js';
import { installedVariant } from '../runtime/installed-variant.js';
import type { CreateRequest, ProgressAnswer } from '@plimsoll/protocol/ollama';
import { CREATE_LEVELS, UNQUANTIZED_LEVELS } from './create-levels.js';
import { ProgressMeter } from './progress.js';
import { uploadModel } from './upload-model.js';

/** What a builder may use beside the server. */
export interface OllamaVariantBuilderOptions {
  /** Tells beforehand whether a variant can be pulled. */
  readonly registry?: OllamaRegistry | undefined;
  /** Reads local GGUF files, so that a file that is not at the wanted level can be quantized or refused. */
  readonly files?: ModelInspector | undefined;
}

/**
 * Makes variants on an Ollama server: pulls them, has the server quantize an unquantized one, or imports a GGUF
 * file that was quantized here, for the levels that the server does not make.
 */
export class OllamaVariantBuilder implements VariantBuilder {
  readonly #api: OllamaApi;
  readonly #registry: OllamaRegistry | null;
  readonly #files: ModelInspector | null;

  constructor(api: OllamaApi, options: OllamaVariantBuilderOptions = {}) {
    this.#api = api;
    this.#registry = options.registry ?? null;
    this.#files = options.files ?? null;
  }

  async methods(request: BuildRequest, options: CallOptions = {}): Promise<readonly BuildMethod[]> {
    return this.#methods(request, await this.#installed(options), options);
  }

  /**
   * Uses the first method that works. The result's level is checked against the request; one that is wrong is
   * removed again.
   */
  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    const installed = await this.#installed(options);
    const [method, next] = await this.#methods(request, installed, options);
    if (method === undefined) throw await this.#impossible(request, installed, options);
    try {
      await this.#make(method, request, installed, options);
    } catch (error) {
      if (next === undefined || !isPlimsollError(error) || error.code !== 'model-not-found') throw error;
      await this.#make(next, request, installed, options);
    }
    return this.#verify(request, find(installed, request.target) !== null, options);
  }

  /** Ollama has no dry run. */
  dryRun(): Promise<null> {
    return Promise.resolve(null);
  }

  async #methods(
    request: BuildRequest,
    installed: readonly InstalledVariant[],
    options: CallOptions,
  ): Promise<readonly BuildMethod[]> {
    const { source, target, level } = request;
    if (isCloudName(target) || parseModelReference(target).kind === 'file') return [];
    const mixed = (request.overrides ?? []).length > 0;
    if (parseModelReference(source).kind === 'file') {
      const found = await this.#fileLevel(source, options);
      if (found === null || found === level) return ['import'];
      return !mixed && canCreate(found, level) ? ['create'] : [];
    }
    if (mixed) return [];
    const pull = await this.#canPull(target, options);
    const from = find(installed, source)?.level ?? null;
    const create: BuildMethod[] = from !== null && (from === level || canCreate(from, level)) ? ['create'] : [];
    if (pull === 'yes') return ['pull', ...create];
    return pull === 'perhaps' ? [...create, 'pull'] : create;
  }

  async #make(
    method: BuildMethod,
    request: BuildRequest,
    installed: readonly InstalledVariant[],
    options: BuildOptions,
  ): Promise<void> {
    const { source, target, level } = request;
    if (method === 'pull') {
      await this.#follow(this.#api.pull(target, options), options);
      return;
    }
    const isFile = parseModelReference(source).kind === 'file';
    const files = isFile ? await uploadModel(this.#api, source, options) : undefined;
    const isThere = !isFile && find(installed, source)?.level === level;
    const quantize = method === 'create' && !isThere ? CREATE_LEVELS.get(level) : undefined;
    const create: CreateRequest & { readonly model: string } = {
      model: target,
      ...(files === undefined ? { from: source } : { files }),
      ...(quantize === undefined ? {} : { quantize }),
    };
    await this.#follow(this.#api.create(create, options), options);
  }

  async #follow(lines: AsyncIterable<ProgressAnswer>, options: BuildOptions): Promise<void> {
    const meter = new ProgressMeter();
    for await (const line of lines) {
      if (line.status !== 'success') options.onProgress?.(meter.add(line));
    }
  }

  async #verify(request: BuildRequest, replaced: boolean, options: CallOptions): Promise<BuiltVariant> {
    const { target, level } = request;
    const made = find(await this.#installed(options), target);
    if (made === null) {
      throw new ModelNotFoundError(`Ollama reported success, but has no model ${target}.`, { hint: 'Try again.' });
    }
    const mixed = (request.overrides ?? []).length > 0;
    if (made.level !== null && made.level !== level && !mixed) {
      if (!replaced) await this.#api.delete(target, options);
      throw new UnsupportedLevelError(`${target} came out as ${made.level}, not as ${level}; it was not kept.`, {
        hint: `Ask for ${made.level}, or start from an F16 model.`,
      });
    }
    return { name: made.name, path: null, sizeBytes: made.sizeBytes, digest: made.digest };
  }

  async #impossible(
    request: BuildRequest,
    installed: readonly InstalledVariant[],
    options: CallOptions,
  ): Promise<Error> {
    const { source, level } = request;
    const isFile = parseModelReference(source).kind === 'file';
    const known = find(installed, source);
    if (!isFile && known === null) {
      return new ModelNotFoundError(`Ollama has no model ${source} to make ${request.target} from.`, {
        hint: `ollama pull ${source}`,
      });
    }
    const from = isFile ? await this.#fileLevel(source, options) : (known?.level ?? null);
    const reason = CREATE_LEVELS.has(level)
      ? `${source} is ${from ?? 'of an unknown level'}, and it quantizes only F16, BF16 and F32`
      : `it makes only ${[...CREATE_LEVELS.keys()].join(', ')}`;
    return new UnsupportedLevelError(`Ollama cannot make ${level} of ${source}: ${reason}.`, {
      hint: 'Quantize the file with the embedded engine and import the result.',
    });
  }

  async #installed(options: CallOptions): Promise<readonly InstalledVariant[]> {
    return (await this.#api.tags(options)).map(installedVariant);
  }

  async #canPull(target: string, options: CallOptions): Promise<'yes' | 'no' | 'perhaps'> {
    const entry = (await this.#registry?.find(target, options)) ?? 'unknown';
    if (entry === 'unknown') return 'perhaps';
    return entry === 'absent' ? 'no' : 'yes';
  }

  async #fileLevel(path: string, options: CallOptions): Promise<Level | null> {
    const reference = { kind: 'file', path } as const;
    if (this.#files?.supports(reference) !== true) return null;
    const { header } = await this.#files.inspect(reference, options);
    const fileType = metadataNumber(header, 'general.file_type');
    return fileType === null ? null : levelFromFileType(fileType);
  }
}

function find(installed: readonly InstalledVariant[], name: string): InstalledVariant | null {
  return installed.find((variant) => sameOllamaName(variant.name, name)) ?? null;
}

function canCreate(from: Level, level: Level): boolean {
  return UNQUANTIZED_LEVELS.has(from) && CREATE_LEVELS.has(level);
}
