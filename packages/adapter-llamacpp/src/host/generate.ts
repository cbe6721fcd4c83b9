import type { GenerateEvent, StopReason, TokenLogprob } from '@plimsoll/domain';
import koffi from 'koffi';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import { Pieces } from './pieces.js';
import { check, decode, prefill } from './prefill.js';
import { preparePrompt } from './prompt.js';
import type { Prompt } from './prompt.js';
import { Sampler } from './sampler.js';
import { session } from './session.js';
import type { Session } from './session.js';
import { StopMatcher } from './stop-matcher.js';
import { ThinkingSplitter } from './thinking-splitter.js';
import { rowLogprobs } from './top-logprobs.js';

/** A step that takes longer than this runs off the main thread, which then stays open for messages. */
const LONG_STEP_MS = 6;

type TextEvent = Extract<GenerateEvent, { type: 'text' }>;

/** Continues a prompt. Events are text pieces, then one `done` with the timings that this process knows. */
export async function generate(engine: Engine, request: SessionRequest, job: Job): Promise<null> {
  const state = session();
  engine.log.clear();
  const startedMs = performance.now();
  const sampler = new Sampler(engine, state.vocab, request);
  try {
    const { tokens: prompt, opening } = await preparePrompt(engine, state, request, job);
    const cached = await prefill(engine, state, prompt, request.reuse, job);
    const prefilledMs = performance.now();
    const writer = new Writer(engine, state, request, opening, job);
    const run = await decodeLoop(engine, state, request, sampler, prompt.length, writer, job);
    const endMs = performance.now();
    state.held = Int32Array.from([...prompt, ...run.decoded]);
    writer.finish();
    job.emit({
      type: 'done',
      stopReason: run.stopReason,
      timings: {
        promptTokens: prompt.length,
        cachedPromptTokens: cached,
        generatedTokens: run.generated,
        loadMs: null,
        prefillMs: prefilledMs - startedMs,
        decodeMs: endMs - prefilledMs,
        firstTokenMs: run.firstTokenAtMs === null ? null : run.firstTokenAtMs - startedMs,
        totalMs: endMs - startedMs,
      },
    } satisfies GenerateEvent);
    return null;
  } finally {
    sampler.free();
  }
}

interface Run {
  readonly stopReason: StopReason;
  readonly generated: number;
  /** Generated tokens that the context holds: all but the last. */
  readonly decoded: readonly number[];
  readonly firstTokenAtMs: number | null;
}

async function decodeLoop(
  engine: Engine,
  state: Session,
  request: SessionRequest,
  sampler: Sampler,
  promptLength: number,
  writer: Writer,
  job: Job,
): Promise<Run> {
  const { llama } = engine;
  const room = state.contextTokens - promptLength;
  const limit = Math.min(request.maxTokens ?? room, room);
  const decoded: number[] = [];
  let firstTokenAtMs: number | null = null;
  let lastStepMs = 0;
  let threads = 0;
  for (let generated = 0; ;) {
    if (generated >= limit) return { stopReason: 'length', generated, decoded, firstTokenAtMs };
    const token = sampler.sample(state.context);
    if (llama.vocabIsEndOfGeneration(state.vocab, token)) {
      return { stopReason: 'stop', generated, decoded, firstTokenAtMs };
    }
    generated++;
    const stopped = writer.write(token);
    if (firstTokenAtMs === null) {
      firstTokenAtMs = performance.now();
      await job.breathe(true);
    }
    if (stopped) return { stopReason: 'stop', generated, decoded, firstTokenAtMs };
    if (generated >= limit) continue;
    if (threads !== state.decodeTuner.threads) {
      threads = state.decodeTuner.threads;
      state.threads.use(threads, state.batchTuner.threads);
    }
    const stepMs = performance.now();
    const batch = state.batch.one(token);
    if (lastStepMs > LONG_STEP_MS) {
      const step = decode(engine, state, batch, job);
      // What is known already is told while the next token is computed.
      job.flush();
      await step;
    } else {
      check(engine, state, llama.decode(state.context, batch));
    }
    lastStepMs = performance.now() - stepMs;
    state.decodeTuner.record(lastStepMs);
    decoded.push(token);
    await job.breathe();
  }
}

/** Turns tokens into text events: whole characters, stop strings cut off, log-probabilities where asked for. */
class Writer {
  readonly #engine: Engine;
  readonly #state: Session;
  readonly #topLogprobs: number;
  readonly #job: Job;
  readonly #pieces: Pieces;
  readonly #decoder = new TextDecoder();
  readonly #stops: StopMatcher<TextEvent>;
  readonly #thinking: ThinkingSplitter;

  constructor(engine: Engine, state: Session, request: SessionRequest, opening: Prompt['opening'], job: Job) {
    this.#engine = engine;
    this.#state = state;
    this.#topLogprobs = request.topLogprobs;
    this.#job = job;
    this.#pieces = new Pieces(engine, state.vocab);
    this.#stops = new StopMatcher(request.stop);
    this.#thinking = new ThinkingSplitter(opening);
  }

  /** Returns whether a stop string ended the text. */
  write(token: number): boolean {
    const text = this.#decoder.decode(this.#pieces.bytes(token), { stream: true });
    const event: TextEvent = { type: 'text', text, ...this.#logprobs(token) };
    if (text === '' && this.#topLogprobs === 0) return false;
    const { pieces, stopped } = this.#stops.push(event);
    for (const piece of pieces) this.#emit(piece);
    return stopped;
  }

  finish(): void {
    for (const piece of this.#stops.rest()) this.#emit(piece);
    const left = this.#decoder.decode();
    if (left !== '') this.#emit({ type: 'text', text: left });
    for (const part of this.#thinking.rest()) this.#job.emit({ type: 'text', ...part } satisfies GenerateEvent);
  }

  /** A piece that ends a thought and begins the answer becomes two; what else it carries stays with the first. */
  #emit(piece: TextEvent): void {
    const [first, ...more] = this.#thinking.push(piece.text);
    if (first !== undefined || this.#topLogprobs > 0)
      this.#job.emit({ ...piece, text: '', ...first } satisfies GenerateEvent);
    for (const part of more) this.#job.emit({ type: 'text', ...part } satisfies GenerateEvent);
  }

  #logprobs(token: number): { logprob: number; topLogprobs: readonly TokenLogprob[] } | undefined {
    if (this.#topLogprobs === 0) return undefined;
    const { llama } = this.#engine;
    const size = llama.vocabSize(this.#state.vocab);
    const row = new Float32Array(koffi.view(llama.logitsAt(this.#state.context, -1), size * 4));
    const { chosen, top } = rowLogprobs(row, token, this.#topLogprobs);
    const word = new TextDecoder();
    return {
      logprob: chosen,
      topLogprobs: top.map((one) => ({ token: word.decode(this.#pieces.bytes(one.token)), logprob: one.logprob })),
    };
  }
}
