import type { GenerateEvent, TokenLogprob } from '@plimsoll/domain';
import koffi from 'koffi';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import type { Prompt } from './prompt.js';
import type { Session } from './hosted-model.js';
import { joinText } from './join-text.js';
import { StopMatcher } from './stop-matcher.js';
import { ThinkingSplitter } from './thinking-splitter.js';
import { rowLogprobs } from './top-logprobs.js';

type TextEvent = Extract<GenerateEvent, { type: 'text' }>;

/** Turns tokens into text events: whole characters, stop strings cut off, log-probabilities where asked for. */
export class AnswerWriter {
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #topLogprobs: number;
  readonly #job: Job;
  readonly #decoder = new TextDecoder();
  readonly #stops: StopMatcher<TextEvent>;
  readonly #thinking: ThinkingSplitter;

  constructor(engine: Engine, session: Session, request: SessionRequest, opening: Prompt['opening'], job: Job) {
    this.#engine = engine;
    this.#session = session;
    this.#topLogprobs = request.topLogprobs;
    this.#job = job;
    this.#stops = new StopMatcher(request.stop);
    this.#thinking = new ThinkingSplitter(opening);
  }

  /** Takes a token that was picked from the logits at `index`; returns whether a stop string ended the text. */
  write(token: number, index: number): boolean {
    const text = this.#decoder.decode(this.#session.pieces.bytes(token), { stream: true });
    const event: TextEvent = { type: 'text', text, ...this.#logprobs(token, index) };
    if (text === '' && this.#topLogprobs === 0) return false;
    const { pieces, stopped } = this.#stops.push(event);
    for (const piece of pieces) this.#emit(piece);
    return stopped;
  }

  /** Writes what was held back. */
  finish(): void {
    for (const piece of this.#stops.rest()) this.#emit(piece);
    const left = this.#decoder.decode();
    if (left !== '') this.#emit({ type: 'text', text: left });
    for (const part of this.#thinking.rest()) this.#send({ type: 'text', ...part });
  }

  /** A piece that ends a thought and begins the answer becomes two; what else it carries stays with the first. */
  #emit(piece: TextEvent): void {
    const [first, ...more] = this.#thinking.push(piece.text);
    if (first !== undefined || this.#topLogprobs > 0) this.#send({ ...piece, text: '', ...first });
    for (const part of more) this.#send({ type: 'text', ...part });
  }

  #send(event: GenerateEvent): void {
    this.#job.emit(event, joinText);
  }

  #logprobs(token: number, index: number): { logprob: number; topLogprobs: readonly TokenLogprob[] } | undefined {
    if (this.#topLogprobs === 0) return undefined;
    const { llama } = this.#engine;
    const { vocab, context, pieces } = this.#session;
    const row = new Float32Array(koffi.view(llama.logitsAt(context, index), llama.vocabSize(vocab) * 4));
    const { chosen, top } = rowLogprobs(row, token, this.#topLogprobs);
    const word = new TextDecoder();
    return {
      logprob: chosen,
      topLogprobs: top.map((one) => ({ token: word.decode(pieces.bytes(one.token)), logprob: one.logprob })),
    };
  }
}
