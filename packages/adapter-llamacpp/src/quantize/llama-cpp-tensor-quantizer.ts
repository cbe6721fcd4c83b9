import path from 'node:path';
import type {
  CallOptions,
  QuantizationError,
  QuantizationErrorRequest,
  SpliceRequest,
  TensorQuantizer,
} from '@plimsoll/domain';
import { ModelFolder } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import { SharedEngine } from '../engine/shared-engine.js';

/** How the quantizer is set up. */
export interface TensorQuantizerOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  readonly engine?: EngineOptions | undefined;
}

/**
 * Quantizes single tensors with llama.cpp's own functions: their bytes equal those that `llama-quantize` of the same
 * build writes. Its process is kept between files, with the tensors that were quantized.
 */
export class LlamaCppTensorQuantizer implements TensorQuantizer {
  readonly #folder: ModelFolder;
  readonly #options: EngineOptions;
  readonly #shared: SharedEngine;

  constructor(options: TensorQuantizerOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#options = options.engine ?? {};
    this.#shared = new SharedEngine(this.#options);
  }

  async *errors(
    { source, importanceMatrix, tensors, types }: QuantizationErrorRequest,
    { signal }: CallOptions = {},
  ): AsyncGenerator<readonly QuantizationError[]> {
    const file = (await this.#folder.require(source)).path;
    const engine = new EngineProcess(this.#options);
    try {
      const job = { source: file, importanceMatrix: absolute(importanceMatrix), tensors, types };
      yield* engine.stream('quantizationErrors', job, signal);
    } finally {
      await engine.close();
    }
  }

  async splice(
    { source, importanceMatrix, target, types }: SpliceRequest,
    { signal }: CallOptions = {},
  ): Promise<void> {
    const file = (await this.#folder.require(source)).path;
    const job = { source: file, importanceMatrix: absolute(importanceMatrix), target: path.resolve(target), types };
    await this.#shared.call('splice', job, signal);
  }

  /** Ends the engine's process. */
  async close(): Promise<void> {
    await this.#shared.close();
  }
}

function absolute(file: string | undefined): string | null {
  return file === undefined ? null : path.resolve(file);
}
