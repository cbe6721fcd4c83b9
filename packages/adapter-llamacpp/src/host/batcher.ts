import { setImmediate as nextTurn } from 'node:timers/promises';
import { BackendFailedError, CancelledError } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Answer } from './answer.js';
import { Sequence, chooseSequence } from './sequence.js';
import type { Session } from './hosted-model.js';
import { planStep } from './step-plan.js';
import type { StepPart } from './step-plan.js';

/** `llama_decode` answers so when the abort callback stopped it. */
const ABORTED = 2;
/**
 * A step that takes longer than this runs off the main thread, which then stays open for messages. Where the threads of a
 * computation have all cores, the way to another thread and back takes a tenth of a step of 8 ms.
 */
const LONG_STEP_MS = 25;
/** How often, between short steps, messages are looked at, milliseconds. */
const TURN_EVERY_MS = 16;
/**
 * How often, between short steps, what was written is sent, milliseconds. Whoever reads an answer needs a core for each
 * message, for which the threads that compute wait.
 */
const SEND_EVERY_MS = 30;
/** A shorter batch says more about its overhead than about threads. */
const MEASURED_TOKENS = 64;

/** A part of the last step: whose it is, and where its last token stands in the batch. */
interface ComputedPart extends StepPart {
  readonly owner: Sequence;
  readonly answer: Answer;
  readonly lastIndex: number;
}

/**
 * Answers many requests with one context, all in the same batches: each step computes the next token of every answer
 * that decodes and a piece of the prompts that are being read. Answers come and go between steps; one whose reader is
 * slow pauses alone.
 */
export class Batcher {
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #sequences: readonly Sequence[];
  readonly #waiting: Answer[] = [];
  #running = false;
  #uses = 0;
  #wake: (() => void) | null = null;
  #lastTurnMs = 0;
  #lastSentMs = 0;
  /** Milliseconds of the last step by the number of answers that decoded in it. */
  readonly #lastDecodeMs: number[] = [];

  constructor(engine: Engine, session: Session) {
    this.#engine = engine;
    this.#session = session;
    this.#sequences = Array.from({ length: session.parallel }, (_, id) => new Sequence(engine, session.context, id));
  }

  /** Takes an answer and resolves when it is whole. */
  async answer(answer: Answer): Promise<void> {
    const { job } = answer;
    const stopListening = job.onWake(() => {
      this.#wake?.();
      // A step for this answer alone is of no more use; others' steps are finished.
      if (job.aborted && this.#busy().every((sequence) => sequence.answer?.job.aborted === true)) {
        this.#session.abort.set(true);
      }
    });
    this.#waiting.push(answer);
    this.#wake?.();
    if (!this.#running) void this.#run();
    try {
      await answer.done;
    } finally {
      stopListening();
    }
  }

  /** Drops what the sequences hold of answers that are over, so that no prompt begins with any of it. */
  forget(): void {
    for (const sequence of this.#sequences) sequence.clear();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#lastTurnMs = performance.now();
    try {
      for (;;) {
        this.#dismiss();
        this.#admit();
        if (this.#busy().length === 0) return;
        const parts = this.#fill();
        if (parts.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
        else await this.#step(parts);
        this.#wake = null;
        await this.#breathe();
      }
    } catch (error) {
      for (const { answer } of this.#busy()) answer?.fail(error);
      for (const answer of this.#waiting.splice(0)) answer.fail(error);
      for (const sequence of this.#sequences) sequence.answer = null;
    } finally {
      this.#running = false;
    }
  }

  #busy(): readonly Sequence[] {
    return this.#sequences.filter(({ answer }) => answer !== null);
  }

  /** Lets go of those who do not want their answer any more. */
  #dismiss(): void {
    const cancelled = (): CancelledError => new CancelledError('The engine was asked to stop.');
    for (const sequence of this.#sequences) {
      if (sequence.answer?.job.aborted === true) this.#release(sequence)?.fail(cancelled());
    }
    for (const answer of this.#waiting.filter(({ job }) => job.aborted)) {
      this.#waiting.splice(this.#waiting.indexOf(answer), 1);
      answer.fail(cancelled());
    }
  }

  /** Gives free sequences to those who wait, in the order in which they came. */
  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const sequence = chooseSequence(this.#sequences, next.prompt, next.reuse);
      if (sequence === null) return;
      this.#waiting.shift();
      // Reusing changes how the rest is batched and with it the last bits of the numbers.
      next.cachedTokens = sequence.keep(next.reuse ? sequence.commonWith(next.prompt) : 0);
      next.promptDone = next.cachedTokens;
      sequence.answer = next;
    }
  }

  #release(sequence: Sequence): Answer | null {
    const { answer } = sequence;
    sequence.answer = null;
    sequence.lastUsed = ++this.#uses;
    return answer;
  }

  /** Puts the next tokens of everyone into the batch. */
  #fill(): readonly ComputedPart[] {
    const { batch, microBatchTokens } = this.#session;
    const ready = this.#busy().filter(({ answer }) => answer !== null && (answer.promptLeft > 0 || !answer.job.isFull));
    const candidates = ready.map(({ id, answer }) => ({ sequence: id, promptTokens: answer?.promptLeft ?? 0 }));
    batch.clear();
    const parts: ComputedPart[] = [];
    for (const part of planStep(candidates, { batchTokens: batch.capacity, microBatchTokens })) {
      const owner = this.#sequences[part.sequence];
      const answer = owner?.answer;
      if (owner === undefined || answer === undefined || answer === null) continue;
      const { prompt, promptDone, promptLeft, pending } = answer;
      let lastIndex = 0;
      if (promptLeft === 0) lastIndex = batch.add(pending ?? 0, owner.id, true);
      for (let i = 0; i < Math.min(part.tokens, promptLeft); i++) {
        lastIndex = batch.add(prompt[promptDone + i] ?? 0, owner.id, i === promptLeft - 1);
      }
      parts.push({ ...part, owner, answer, lastIndex });
    }
    return parts;
  }

  async #step(parts: readonly ComputedPart[]): Promise<void> {
    const code = await this.#session.compute.run(() => this.#compute(parts));
    this.#session.abort.set(false);
    if (code !== 0) {
      this.#failed(parts, code);
      return;
    }
    for (const { owner, answer, tokens, lastIndex } of parts) {
      if (answer.promptLeft > 0) {
        for (let i = 0; i < tokens; i++) owner.held.push(answer.prompt[answer.promptDone + i] ?? 0);
        answer.promptDone += tokens;
        if (answer.promptLeft > 0) continue;
      } else {
        owner.held.push(answer.pending ?? 0);
      }
      try {
        if (answer.next(lastIndex)) this.#release(owner);
      } catch (error) {
        this.#release(owner)?.fail(error);
      }
    }
  }

  /** Computes the batch; short steps on this thread, which saves the way to another. */
  async #compute(parts: readonly ComputedPart[]): Promise<number> {
    const { llama } = this.#engine;
    const { batch, context, threads, threadChoices } = this.#session;
    const decodes = parts.every(({ answer }) => answer.promptLeft === 0);
    const tuner = threadChoices.decode(decodes ? parts.length : 1);
    const many = decodes || batch.size < MEASURED_TOKENS ? tuner : threadChoices.batch(batch.size);
    threads.use(tuner.threads, many.threads);
    this.#session.abort.set(parts.every(({ answer }) => answer.job.aborted));
    const startedMs = performance.now();
    let code: number;
    if (decodes && (this.#lastDecodeMs[parts.length] ?? Infinity) <= LONG_STEP_MS) {
      code = llama.decode(context, batch.native());
    } else {
      const step = offThread(llama.decode, context, batch.native());
      // What is known already is told while the next tokens are computed.
      for (const { answer } of parts) answer.job.flush();
      code = await step;
    }
    const ms = performance.now() - startedMs;
    if (decodes) {
      this.#lastDecodeMs[parts.length] = ms;
      tuner.record(ms);
    } else if (batch.size >= MEASURED_TOKENS) {
      many.record(ms / batch.size);
    }
    return code;
  }

  /** An aborted step is undone, so that those who stay can go on; any other failure ends all who took part. */
  #failed(parts: readonly ComputedPart[], code: number): void {
    if (code === ABORTED) {
      for (const { owner, answer } of parts) {
        if (!owner.rewind() && !answer.job.aborted) answer.fail(new BackendFailedError('The engine lost its place.'));
      }
      return;
    }
    const reason = this.#engine.log.reason() ?? 'no reason given';
    for (const { owner, answer } of parts) {
      this.#release(owner);
      owner.clear();
      answer.fail(new BackendFailedError(`The engine could not compute (${code}): ${reason}`));
    }
  }

  /** Every few milliseconds messages are let in, and less often what was written is sent. */
  async #breathe(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#lastTurnMs <= TURN_EVERY_MS) return;
    if (nowMs - this.#lastSentMs > SEND_EVERY_MS) {
      for (const { answer } of this.#busy()) answer?.job.flush();
      this.#lastSentMs = nowMs;
    }
    await nextTurn();
    this.#lastTurnMs = performance.now();
  }
}
