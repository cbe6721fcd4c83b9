import path from 'node:path';
import { CancelledError, InvalidInputError } from '@plimsoll/domain';
import type { CallOptions } from '@plimsoll/domain';
import { ModelFolder } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import type { ImportanceSummary } from '../engine/protocol.js';

import { defaultThreads } from '../runtime/threads.js';

/** How the collector is set up. */
export interface ImportanceCollectorOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  readonly engine?: EngineOptions | undefined;
}

/** What to collect. */
export interface ImportanceRequest {
  /** Name or path of the model, best at full precision. */
  readonly model: string;
  /** Calibration text. */
  readonly text: string;
  /** Name of the text that the file records. */
  readonly dataset: string;
  /** Path of the file to write. */
  readonly target: string;
  /** Window length in tokens; by default 512, as in `llama-imatrix`. */
  readonly windowTokens?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * Collects an importance matrix on the embedded engine and writes it as the GGUF file that `llama-imatrix` writes.
 * It runs in a process of its own, which is ended when the call is cancelled; run again, it goes on from what was
 * kept beside the target in a file that ends in `.progress`.
 */
export class LlamaCppImportanceCollector {
  readonly #folder: ModelFolder;
  readonly #engine: EngineOptions;

  constructor(options: ImportanceCollectorOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#engine = options.engine ?? {};
  }

  /** @throws InvalidInputError, ModelNotFoundError, StorageFailedError, CancelledError */
  async collect(
    request: ImportanceRequest,
    { signal, onProgress }: CallOptions & { readonly onProgress?: (done: number, total: number) => void } = {},
  ): Promise<ImportanceSummary> {
    // The engine's threads meet after every matrix product, while the sums are made: they need a core to spare.
    const { windowTokens = 512, threads = defaultThreads().decode[0] ?? 1 } = request;
    if (!Number.isInteger(windowTokens) || windowTokens < 16) {
      throw new InvalidInputError(`windowTokens is ${windowTokens}; a whole number of at least 16 is needed.`);
    }
    const source = (await this.#folder.require(request.model)).path;
    const engine = new EngineProcess(this.#engine);
    // The computation cannot be asked to stop; its process can.
    const stop = (): void => void engine.close();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const { text, dataset } = request;
      const job = { source, text, dataset, target: path.resolve(request.target), windowTokens, threads };
      const events = engine.stream('collectImportance', job, signal);
      for (;;) {
        const step = await events.next();
        if (step.done === true) return step.value;
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
}
