import type { GenerateEvent, StopReason } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { AnswerWriter } from './answer-writer.js';
import type { Job } from './job.js';
import type { Prompt } from './prompt.js';
import { Sampler } from './sampler.js';
import type { Session } from './hosted-model.js';

/** One answer under way: its prompt, its sampler, what it has written, and its clock. */
export class Answer {
  readonly job: Job;
  readonly prompt: Int32Array;
  /** Whether tokens that a sequence still holds may be used again. */
  readonly reuse: boolean;
  /** Prompt tokens that were held already; the rest is computed. */
  cachedTokens = 0;
  /** Prompt tokens that the sequence holds. */
  promptDone = 0;
  /** The token that was picked last and is still to be computed. */
  pending: number | null = null;
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #sampler: Sampler;
  readonly #writer: AnswerWriter;
  readonly #limit: number;
  readonly #startedMs: number;
  #prefilledMs: number | null = null;
  #firstTokenMs: number | null = null;
  #generated = 0;
  /** Resolves when the answer is whole. */
  readonly done: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #ended = false;

  /**
   * @param startedMs when the request came
   * @throws InvalidInputError for a grammar that the engine does not accept
   */
  constructor(engine: Engine, session: Session, request: SessionRequest, prompt: Prompt, job: Job, startedMs: number) {
    this.#engine = engine;
    this.#session = session;
    this.#sampler = new Sampler(engine, session.vocab, request);
    this.#writer = new AnswerWriter(engine, session, request, prompt.opening, job);
    this.job = job;
    this.prompt = prompt.tokens;
    this.reuse = request.reuse;
    const room = session.contextTokens - prompt.tokens.length;
    this.#limit = Math.min(request.maxTokens ?? room, room);
    this.#startedMs = startedMs;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Prompt tokens that are still to be computed. */
  get promptLeft(): number {
    return this.prompt.length - this.promptDone;
  }

  /** Picks the next token from the logits at `index` of the last batch. Returns whether the answer has ended with it. */
  next(index: number): boolean {
    this.#prefilledMs ??= performance.now();
    this.pending = null;
    if (this.#generated >= this.#limit) return this.#end('length');
    const token = this.#sampler.sample(this.#session.context, index);
    if (this.#engine.llama.vocabIsEndOfGeneration(this.#session.vocab, token)) return this.#end('stop');
    this.#generated++;
    const stopped = this.#writer.write(token, index);
    if (this.#firstTokenMs === null) {
      this.#firstTokenMs = performance.now();
      this.job.flush();
    }
    if (stopped) return this.#end('stop');
    if (this.#generated >= this.#limit) return this.#end('length');
    this.pending = token;
    return false;
  }

  /** Ends it with an error. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#close();
    this.#reject(error);
  }

  #end(stopReason: StopReason): true {
    const endMs = performance.now();
    const prefilledMs = this.#prefilledMs ?? endMs;
    this.#writer.finish();
    this.job.emit({
      type: 'done',
      stopReason,
      timings: {
        promptTokens: this.prompt.length,
        cachedPromptTokens: this.cachedTokens,
        generatedTokens: this.#generated,
        loadMs: null,
        prefillMs: prefilledMs - this.#startedMs,
        decodeMs: endMs - prefilledMs,
        firstTokenMs: this.#firstTokenMs === null ? null : this.#firstTokenMs - this.#startedMs,
        totalMs: endMs - this.#startedMs,
      },
    } satisfies GenerateEvent);
    this.#close();
    this.#resolve();
    return true;
  }

  #close(): void {
    this.#ended = true;
    this.#sampler.free();
  }
}
