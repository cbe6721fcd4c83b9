import { InvalidInputError } from '@plimsoll/domain';
import type {
  CallOptions,
  EvaluatedModel,
  LogitsSource,
  ScoreRequest,
  VocabularyFacts,
  WindowScores,
} from '@plimsoll/domain';
import { ModelFolder } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import type { ScoredFile } from '../engine/protocol.js';
import { SharedEngine } from '../engine/shared-engine.js';
import { defaultThreads } from './threads.js';

/** How the source is set up. */
export interface LogitsSourceOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  readonly engine?: EngineOptions | undefined;
}

/** Teacher-forced log-probabilities over the whole vocabulary, by the definitions of `llama-perplexity`. */
export class LlamaCppLogitsSource implements LogitsSource {
  readonly coverage = { kind: 'full' } as const;
  readonly #folder: ModelFolder;
  readonly #options: EngineOptions;
  readonly #questions: SharedEngine;

  constructor(options: LogitsSourceOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#options = options.engine ?? {};
    this.#questions = new SharedEngine(this.#options);
  }

  async vocabulary(model: string, options: CallOptions = {}): Promise<VocabularyFacts> {
    const { path } = await this.#folder.require(model);
    return this.#questions.call('vocabulary', { path }, options.signal);
  }

  async tokenize(model: string, text: string, options: CallOptions = {}): Promise<Int32Array> {
    const { path } = await this.#folder.require(model);
    return this.#questions.call('tokenize', { path, text }, options.signal);
  }

  async *score(request: ScoreRequest, options: CallOptions = {}): AsyncGenerator<readonly WindowScores[]> {
    const { windowTokens, tokens, firstWindow = 0 } = request;
    checkWhole('windowTokens', windowTokens, 4);
    checkWhole('firstWindow', firstWindow, 0);
    if (request.threads !== undefined) checkWhole('threads', request.threads, 1);
    const threads = request.threads === undefined ? defaultThreads().batch : [request.threads];
    if (tokens.length < windowTokens) {
      throw new InvalidInputError(`The text has ${tokens.length} tokens; one window takes ${windowTokens}.`, {
        hint: 'Give a longer text or shorter windows.',
        remedies: [{ kind: 'use-options', options: { text: 'FILE', window: 'N' } }],
      });
    }
    if (request.candidates.length === 0) throw new InvalidInputError('There is no model to score.');
    const candidates: ScoredFile[] = [];
    for (const candidate of request.candidates) candidates.push(await this.#resolve(candidate));
    const reference = request.reference === null ? null : await this.#resolve(request.reference);
    const engine = new EngineProcess(this.#options);
    try {
      const job = { candidates, reference, tokens, windowTokens, firstWindow, threads };
      for await (const scores of engine.stream('score', job, options.signal)) yield scores;
    } finally {
      await engine.close();
    }
  }

  /** Ends the engine's process. */
  async close(): Promise<void> {
    await this.#questions.close();
  }

  async #resolve({ model, kvCacheType }: EvaluatedModel): Promise<ScoredFile> {
    return { path: (await this.#folder.require(model)).path, kvCacheType };
  }
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InvalidInputError(`${name} is ${value}; a whole number of at least ${least} is needed.`);
}
