import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import {
  CancelledError,
  InvalidInputError,
  LEVELS,
  StorageFailedError,
  UnsupportedLevelError,
  isPlimsollError,
  recipeMetadata,
  throwIfCancelled,
} from '@plimsoll/domain';
import type {
  BuildMethod,
  BuildOptions,
  BuildRequest,
  BuiltVariant,
  CallOptions,
  ModelInspector,
  VariantBuilder,
} from '@plimsoll/domain';
import { ModelFolder, demandUsualVocabulary, fileDigest } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import type { QuantizeJob } from '../engine/protocol.js';
import { SharedEngine } from '../engine/shared-engine.js';
import { PartialFile } from './partial-file.js';

/** How the builder is set up. */
export interface VariantBuilderOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  readonly engine?: EngineOptions | undefined;
  /** Looks at headers before the engine does. */
  readonly inspector?: ModelInspector | undefined;
}

/**
 * Quantizes GGUF files with llama.cpp's own quantizer: the result equals, byte for byte, what `llama-quantize`
 * of the same build writes. Each build runs in a process of its own, which can be ended at any moment.
 */
export class LlamaCppVariantBuilder implements VariantBuilder {
  readonly #folder: ModelFolder;
  readonly #engine: EngineOptions;
  readonly #inspector: ModelInspector | null;
  readonly #questions: SharedEngine;

  constructor(options: VariantBuilderOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#engine = options.engine ?? {};
    this.#inspector = options.inspector ?? null;
    this.#questions = new SharedEngine(this.#engine);
  }

  /** The engine itself is asked whether it can: some levels need an importance matrix for some models only. */
  async methods(request: BuildRequest, { signal }: CallOptions = {}): Promise<readonly BuildMethod[]> {
    throwIfCancelled(signal, 'The question was cancelled.');
    if (LEVELS[request.level].needsImportanceMatrix && request.importanceMatrix === undefined) return [];
    const source = await this.#folder.find(request.source);
    if (source === null) return [];
    try {
      await demandUsualVocabulary(this.#inspector, source.path);
      const plan = await this.#questions.call('planQuantization', job(request, source.path));
      return plan.needsImportanceMatrix ? [] : ['quantize'];
    } catch (error) {
      if (isPlimsollError(error) && error.code !== 'engine-mismatch') return [];
      throw error;
    }
  }

  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    checkRequest(request);
    const source = (await this.#folder.require(request.source)).path;
    const target = this.#folder.place(request.target);
    await refuseSame(source, target);
    await demandUsualVocabulary(this.#inspector, source);
    const engine = new EngineProcess(this.#engine);
    // The C call cannot be asked to stop; its process can.
    const stop = (): void => void engine.close();
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      const sizeBytes = await quantizeInto(engine, job(request, source), target, request.target, options);
      return { name: request.target, path: target, sizeBytes, digest: await fileDigest(target) };
    } catch (error) {
      throw options.signal?.aborted === true
        ? new CancelledError('Quantizing was cancelled.', { cause: error })
        : error;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      await engine.close();
    }
  }

  async dryRun(request: BuildRequest, options: CallOptions = {}): Promise<{ readonly sizeBytes: number }> {
    checkRequest(request);
    const source = (await this.#folder.require(request.source)).path;
    await demandUsualVocabulary(this.#inspector, source);
    const { sizeBytes } = await this.#questions.call('planQuantization', job(request, source), options.signal);
    return { sizeBytes };
  }

  /** Ends the engine's process. */
  async close(): Promise<void> {
    await this.#questions.close();
  }
}

async function quantizeInto(
  engine: EngineProcess,
  job: QuantizeJob,
  target: string,
  targetName: string,
  { signal, onProgress }: BuildOptions,
): Promise<number> {
  const { sizeBytes, tensors, needsImportanceMatrix } = await engine.call('planQuantization', job, signal);
  if (needsImportanceMatrix) {
    throw new UnsupportedLevelError('This level needs an importance matrix, which this engine is not given.', {
      hint: 'Quantize with an importance matrix, or choose a level of at least 3 bits, such as Q3_K_M or IQ4_XS.',
      remedies: [{ kind: 'use-options', options: { imatrix: 'auto' } }],
    });
  }
  await makeFolder(target, targetName);
  const partial = await PartialFile.create(target);
  try {
    await partial.demandRoom(sizeBytes);
    onProgress?.({ phase: 'quantizing', completed: 0, total: tensors, unit: 'tensors' });
    for await (const { completed, total } of engine.stream('quantize', { ...job, target: partial.path }, signal)) {
      onProgress?.({ phase: 'quantizing', completed, total, unit: 'tensors' });
    }
    await partial.commit();
    return (await stat(target)).size;
  } finally {
    // The engine must not write any more; after a commit there is nothing left to remove.
    await engine.close();
    await partial.discard();
  }
}

function job(request: BuildRequest, source: string): QuantizeJob {
  return {
    source,
    fileType: LEVELS[request.level].fileType,
    overrides: request.overrides ?? [],
    allowRequantize: request.allowRequantize ?? false,
    threads: request.threads ?? availableParallelism(),
    importanceMatrix: request.importanceMatrix === undefined ? null : path.resolve(request.importanceMatrix),
    expectedMatrix: request.expectedMatrix ?? null,
    metadata: request.recipe === undefined ? {} : recipeMetadata(request.recipe),
  };
}

function checkRequest(request: BuildRequest): void {
  if (LEVELS[request.level].needsImportanceMatrix && request.importanceMatrix === undefined) {
    throw new UnsupportedLevelError(
      `${request.level} needs an importance matrix; without one its result would be garbage.`,
      {
        hint: 'Quantize with an importance matrix, choose a level of at least 3 bits, such as Q3_K_M or IQ4_XS, or fetch a ready-made file.',
        remedies: [{ kind: 'use-options', options: { imatrix: 'auto' } }],
      },
    );
  }
  if (request.threads !== undefined && !(Number.isInteger(request.threads) && request.threads > 0)) {
    throw new InvalidInputError(`threads is ${request.threads}; a whole number above 0 is needed.`);
  }
  for (const { pattern } of request.overrides ?? []) {
    try {
      new RegExp(pattern);
    } catch (cause) {
      throw new InvalidInputError(`The tensor pattern ${pattern} is no regular expression.`, { cause });
    }
  }
}

async function refuseSame(source: string, target: string): Promise<void> {
  const there = await stat(target).catch(() => null);
  if (there === null) return;
  if (there.isDirectory()) {
    throw new StorageFailedError(`${target} is a folder.`, { hint: 'Name a file that ends in .gguf.' });
  }
  const from = await stat(source);
  if (from.dev === there.dev && from.ino === there.ino) {
    throw new InvalidInputError(`Source and target are the same file, ${source}.`, { hint: 'Name another target.' });
  }
}

/** The models folder may not exist yet; a folder in a path that a user typed must. */
async function makeFolder(target: string, name: string): Promise<void> {
  if (name.endsWith('.gguf')) return;
  try {
    await mkdir(path.dirname(target), { recursive: true });
  } catch (cause) {
    throw new StorageFailedError(`The folder ${path.dirname(target)} cannot be made.`, { cause });
  }
}
