import { dirname, join } from 'node:path';
import {
  ModelNotFoundError,
  isCloudName,
  isFullPrecision,
  isPlimsollError,
  parseModelReference,
  type BuildMethod,
  type BuildOptions,
  type BuildRequest,
  type BuiltVariant,
  type CallOptions,
  type CatalogOptions,
  type Level,
  type ModelInspector,
  type VariantBuilder,
} from '@plimsoll/domain';
import { withScratchFolder } from '@plimsoll/local-models';
import type { CreateRequest, ProgressAnswer } from '@plimsoll/protocol/ollama';
import type { OllamaRegistry } from '../catalog/ollama-registry.js';
import { inheritedFields } from '../model/inherited-fields.js';
import type { OllamaApi } from '../ollama-api.js';
import type { BuildJob } from './build-job.js';
import { buildSource, type BuildSource } from './build-source.js';
import { CREATE_LEVELS, mayQuantize } from './create-levels.js';
import { demandRoom, freeBytes, type FreeBytes } from './demand-room.js';
import { impossibleBuild } from './impossible-build.js';
import { installedAs, installedVariants } from './installed-variants.js';
import { ProgressMeter } from './progress.js';
import { uploadModel } from './upload-model.js';
import { verifyVariant } from './verify-variant.js';

type Quantizer = VariantBuilder & { close(): Promise<void> };

/** What a builder may use beside the server. */
export interface OllamaVariantBuilderOptions {
  /** Tells beforehand whether a variant can be pulled, and has the weights that cannot be read here. */
  readonly registry?: OllamaRegistry | undefined;
  /** Whether the server may be told to fetch models; it then asks their registry. Default: true. */
  readonly pulls?: boolean | undefined;
  /** Reads local GGUF files, so that a file that is not at the wanted level can be quantized or refused. */
  readonly files?: ModelInspector | undefined;
  /** Opens what quantizes GGUF files on this machine, for what the server does not make. */
  readonly quantizer?: (() => Promise<Quantizer>) | undefined;
  /** Replaces the question to the system for free space. */
  readonly freeBytes?: FreeBytes | undefined;
}

/** Failures of one way after which the next one is tried. */
const PASSABLE: Readonly<Record<BuildMethod, readonly string[]>> = {
  pull: ['model-not-found', 'backend-failed', 'timeout'],
  create: ['model-not-found', 'unsupported-level'],
  quantize: ['model-not-found'],
  import: [],
};

/**
 * Makes variants on an Ollama server: pulls them, has the server quantize, or quantizes the source's weights on this
 * machine and imports the result, which takes over everything else from the source.
 */
export class OllamaVariantBuilder implements VariantBuilder {
  readonly #api: OllamaApi;
  readonly #registry: OllamaRegistry | null;
  readonly #pulls: boolean;
  readonly #files: ModelInspector | null;
  readonly #openQuantizer: (() => Promise<Quantizer>) | null;
  readonly #freeBytes: FreeBytes;
  #opened: Promise<Quantizer> | null = null;

  constructor(api: OllamaApi, options: OllamaVariantBuilderOptions = {}) {
    this.#api = api;
    this.#registry = options.registry ?? null;
    this.#pulls = options.pulls ?? true;
    this.#files = options.files ?? null;
    this.#openQuantizer = options.quantizer ?? null;
    this.#freeBytes = options.freeBytes ?? freeBytes;
  }

  async methods(request: BuildRequest, options: CatalogOptions = {}): Promise<readonly BuildMethod[]> {
    return this.#methods(await this.#job(request, options));
  }

  /**
   * Uses the first method that works. The result's level is checked against the request, and unless it was pulled the
   * result has to give a short answer; one that is wrong is removed again.
   */
  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    const job = await this.#job(request, options);
    const methods = await this.#methods(job);
    for (const [index, method] of methods.entries()) {
      try {
        await this.#make(method, job);
      } catch (error) {
        const isLast = index === methods.length - 1;
        if (isLast || !isPlimsollError(error) || !PASSABLE[method].includes(error.code)) throw error;
        continue;
      }
      return verifyVariant(this.#api, job, method);
    }
    throw impossibleBuild(job, this.#openQuantizer !== null);
  }

  /** Bytes of the weights, where a quantizer is at hand and can read the source. */
  async dryRun(request: BuildRequest, options: CallOptions = {}): Promise<{ readonly sizeBytes: number } | null> {
    if (parseModelReference(request.target).kind === 'file') return null;
    const quantizer = await this.#quantizer();
    if (quantizer === null) return null;
    const { path } = (await this.#job(request, options)).source;
    return path === null ? null : quantizer.dryRun({ ...request, source: path }, options);
  }

  /** Ends the quantizer, where one was needed. */
  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }

  async #quantizer(): Promise<Quantizer | null> {
    if (this.#openQuantizer === null) return null;
    this.#opened ??= this.#openQuantizer();
    return this.#opened;
  }

  async #job(request: BuildRequest, options: BuildOptions): Promise<BuildJob> {
    const installed = await installedVariants(this.#api, options);
    const source = await buildSource(this.#api, this.#files, request, installedAs(installed, request.source), options);
    return { request, source, installed, options };
  }

  async #methods(job: BuildJob): Promise<readonly BuildMethod[]> {
    const { request, source, options } = job;
    const { target, level } = request;
    if (isCloudName(target) || parseModelReference(target).kind === 'file') return [];
    const isMixed = (request.overrides ?? []).length > 0;
    const quantize: BuildMethod[] = (await this.#canQuantize(job)) ? ['quantize'] : [];
    if (source.kind === 'file') {
      if (source.level === null || source.level === level) return ['import'];
      return [...quantize, ...(!isMixed && (await this.#canCreate(source, level, options)) ? ['create' as const] : [])];
    }
    if (isMixed) return quantize;
    const create: BuildMethod[] = (await this.#canCreate(source, level, options)) ? ['create'] : [];
    const pull = await this.#canPull(target, options);
    if (pull === 'yes') return ['pull', ...create, ...quantize];
    return [...create, ...quantize, ...(pull === 'perhaps' ? ['pull' as const] : [])];
  }

  async #canCreate({ kind, level: from }: BuildSource, level: Level, options: CallOptions): Promise<boolean> {
    if (from === level) return kind === 'installed';
    if (from === null || !isFullPrecision(from) || !CREATE_LEVELS.has(level)) return false;
    return mayQuantize(await this.#api.version(options));
  }

  /** The quantizer looks at the file where it is here; else the registry has to have it. */
  async #canQuantize({ request, source, options }: BuildJob): Promise<boolean> {
    const { level: from, path, weights } = source;
    if (this.#openQuantizer === null || from === null || from === request.level) return false;
    if (!isFullPrecision(from) && request.allowRequantize !== true) return false;
    if (path === null)
      return weights !== null && (await this.#registry?.has(request.source, weights.digest, options)) === true;
    const target = `${request.level}.gguf`;
    const quantizer = await this.#quantizer();
    return quantizer !== null && (await quantizer.methods({ ...request, source: path, target })).length > 0;
  }

  async #make(method: BuildMethod, job: BuildJob): Promise<void> {
    const { request, source, options } = job;
    const { target: model, level } = request;
    switch (method) {
      case 'pull':
        return this.#follow(this.#api.pull(model, options), options);
      case 'import':
        return this.#import(job, request.source);
      case 'quantize':
        return this.#quantize(job);
      case 'create': {
        const files = source.kind === 'file' ? await uploadModel(this.#api, request.source, options) : undefined;
        const quantize = source.level === level ? undefined : CREATE_LEVELS.get(level);
        const from = files === undefined ? { from: request.source } : { files };
        return this.#create({ model, ...from, ...(quantize === undefined ? {} : { quantize }) }, options);
      }
    }
  }

  async #quantize(job: BuildJob): Promise<void> {
    const { request, source, options } = job;
    const quantizer = await this.#quantizer();
    if (quantizer === null) throw impossibleBuild(job, false);
    await withScratchFolder('import', async (folder) => {
      const from = source.path ?? (await this.#download(job, folder));
      const build = { ...request, source: from, target: join(folder, `${request.level}.gguf`) };
      const { sizeBytes } = (await quantizer.dryRun(build, options)) ?? { sizeBytes: 0 };
      await demandRoom(this.#freeBytes, folder, sizeBytes, 'Make room, or set TMPDIR to a folder on a larger disk.');
      await this.#demandServerRoom(source, sizeBytes);
      await quantizer.build(build, options);
      await this.#import(job, build.target);
    });
  }

  /** Gives a file to the server, with what the source has beside its weights. */
  async #import({ request, source, options }: BuildJob, path: string): Promise<void> {
    const files = await uploadModel(this.#api, path, options);
    const fields = source.shown === null ? { files } : inheritedFields(source.shown, files);
    await this.#create({ ...fields, model: request.target }, options);
  }

  /** The publisher's file, for weights that the server keeps where this process cannot read them. */
  async #download({ request, source, options }: BuildJob, folder: string): Promise<string> {
    const { weights } = source;
    if (this.#registry === null || weights === null) {
      throw new ModelNotFoundError(`The weights of ${request.source} cannot be read here.`);
    }
    const path = join(folder, 'source.gguf');
    const sizeBytes = await this.#registry.blobBytes(request.source, weights.digest, options);
    await demandRoom(this.#freeBytes, folder, sizeBytes, 'Make room, or set TMPDIR to a folder on a larger disk.');
    await this.#registry.download(request.source, { digest: weights.digest, sizeBytes, path }, options);
    return path;
  }

  /** Only a server on this machine has a disk that can be asked. */
  async #demandServerRoom({ weights }: BuildSource, bytes: number): Promise<void> {
    if (weights === null) return;
    await demandRoom(
      this.#freeBytes,
      dirname(weights.path),
      bytes,
      'Make room, or set OLLAMA_MODELS to another folder.',
    );
  }

  #create(request: CreateRequest & { readonly model: string }, options: BuildOptions): Promise<void> {
    return this.#follow(this.#api.create(request, options), options);
  }

  async #follow(lines: AsyncIterable<ProgressAnswer>, options: BuildOptions): Promise<void> {
    const meter = new ProgressMeter();
    for await (const line of lines) {
      if (line.status !== 'success') options.onProgress?.(meter.add(line));
    }
  }

  async #canPull(target: string, options: CatalogOptions): Promise<'yes' | 'no' | 'perhaps'> {
    if (!this.#pulls) return 'no';
    if (options.remote === false) return 'perhaps';
    const entry = (await this.#registry?.find(target, options)) ?? 'unknown';
    if (entry === 'unknown') return 'perhaps';
    return entry === 'absent' ? 'no' : 'yes';
  }
}
