import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { CancelledError, InvalidInputError, StorageFailedError } from '@plimsoll/domain';
import type {
  CallOptions,
  CollectedImportance,
  ImportanceCollector,
  ImportanceOptions,
  ImportanceRequest,
  ImportanceSummary,
} from '@plimsoll/domain';
import { ModelFolder, fileDigest, removeLeftBeside } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import { SharedEngine } from '../engine/shared-engine.js';
import { defaultThreads } from '../runtime/threads.js';

/** How the collector is set up. */
export interface ImportanceCollectorOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  readonly engine?: EngineOptions | undefined;
  /** Folder for matrices that a request names no place for. */
  readonly cacheFolder?: string | undefined;
}

/**
 * Collects an importance matrix on the embedded engine and writes it as the GGUF file that `llama-imatrix` writes.
 * It runs in a process of its own, which is ended when the call is cancelled; run again, it goes on from what was
 * kept beside the target in a file that ends in `.progress`.
 */
export class LlamaCppImportanceCollector implements ImportanceCollector {
  readonly #folder: ModelFolder;
  readonly #engine: EngineOptions;
  readonly #cacheFolder: string | null;
  readonly #questions: SharedEngine;

  constructor(options: ImportanceCollectorOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#engine = options.engine ?? {};
    this.#cacheFolder = options.cacheFolder ?? null;
    this.#questions = new SharedEngine(this.#engine);
  }

  async collect(
    request: ImportanceRequest,
    { signal, onProgress }: ImportanceOptions = {},
  ): Promise<CollectedImportance> {
    // The engine's threads meet after every matrix product, while the sums are made: they need a core to spare.
    const { text, dataset, windowTokens = null, threads = defaultThreads().decode[0] ?? 1 } = request;
    if (windowTokens !== null && (!Number.isInteger(windowTokens) || windowTokens < 16)) {
      throw new InvalidInputError(`windowTokens is ${windowTokens}; a whole number of at least 16 is needed.`);
    }
    const source = (await this.#folder.require(request.model)).path;
    const target = request.target ?? (await this.keptAt(request));
    if (request.target === undefined && (await isFile(target))) {
      const kept = await this.read(target, { signal });
      return { ...kept, path: target, resumedWindows: kept.windows };
    }
    for (const file of [target, `${target}.progress`]) await removeLeftBeside(file);
    const engine = new EngineProcess(this.#engine);
    // The computation cannot be asked to stop; its process can.
    const stop = (): void => void engine.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const job = { source, text, dataset, target: path.resolve(target), windowTokens, threads };
      const events = engine.stream('collectImportance', job, signal);
      for (;;) {
        const step = await events.next();
        if (step.done === true) return { ...step.value, path: target };
        onProgress?.(step.value.completed, step.value.total);
      }
    } catch (error) {
      throw signal?.aborted === true
        ? new CancelledError('Collecting the importance matrix was cancelled.', { cause: error })
        : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      await engine.close();
    }
  }

  async keptAt({ model, text, windowTokens }: ImportanceRequest): Promise<string> {
    return this.#placeInCache((await this.#folder.require(model)).path, text, windowTokens ?? null);
  }

  async read(file: string, { signal }: CallOptions = {}): Promise<ImportanceSummary> {
    return this.#questions.call('readImportance', { file: path.resolve(file), copyTo: null }, signal);
  }

  async copy(file: string, target: string, { signal }: CallOptions = {}): Promise<ImportanceSummary> {
    await removeLeftBeside(path.resolve(target));
    const job = { file: path.resolve(file), copyTo: path.resolve(target) };
    return this.#questions.call('readImportance', job, signal);
  }

  /** Ends the engine's process. */
  async close(): Promise<void> {
    await this.#questions.close();
  }

  async #placeInCache(source: string, text: string, windowTokens: number | null): Promise<string> {
    if (this.#cacheFolder === null) {
      throw new InvalidInputError('An importance matrix needs a place: neither a target nor a cache folder is given.');
    }
    const parts = [await fileDigest(source), windowTokens, text];
    const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    try {
      await mkdir(this.#cacheFolder, { recursive: true });
    } catch (cause) {
      throw new StorageFailedError(`The folder ${this.#cacheFolder} cannot be made.`, {
        hint: 'Name a file with --out.',
        cause,
      });
    }
    return path.join(this.#cacheFolder, `${key.slice(0, 32)}.gguf`);
  }
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}
