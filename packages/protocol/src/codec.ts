import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';

/** A generation as a client asks for it, in whichever dialect. */
export interface Asked {
  /** With the model as the client names it. */
  readonly request: GenerateRequest;
  readonly stream: boolean;
  /** Whether a stream tells its counts of tokens. */
  readonly includeUsage: boolean;
}

/** What an answer says of itself. */
export interface AnswerFacts {
  /** Unique; each dialect puts its own prefix before it. */
  readonly id: string;
  /** The model as the client named it, whichever variant runs. */
  readonly model: string;
  readonly createdMs: number;
}

/** A generation's failure after the first byte of its answer. */
export interface StreamFailure {
  readonly message: string;
  /** The HTTP status that it would have had. */
  readonly status: number;
}

/** Writes one streamed answer, piece by piece, as the text that goes over the wire. */
export interface StreamWriter {
  /** What opens the stream; may be empty. */
  begin(): string;
  event(event: GenerateEvent): string;
  /** A piece that changes nothing, for clients that give up on silence. */
  alive(): string;
  /** The last words of an answer that broke. */
  failed(failure: StreamFailure): string;
}

/** How one route of a dialect reads its requests and writes its answers. */
export interface Codec<Body> {
  readonly streamType: 'application/x-ndjson' | 'text/event-stream';
  /** @throws InvalidInputError */
  read(body: Body): Asked;
  stream(asked: Asked, facts: AnswerFacts): StreamWriter;
  /** The answer as one JSON body. */
  whole(asked: Asked, facts: AnswerFacts, answer: WholeAnswer): unknown;
}

/** Everything that a generation yielded. */
export interface WholeAnswer {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly Extract<GenerateEvent, { type: 'tool-call' }>['call'][];
  /** One for each piece of text that has one. */
  readonly tokens: readonly TextEvent[];
  readonly done: Extract<GenerateEvent, { type: 'done' }>;
}

export type TextEvent = Extract<GenerateEvent, { type: 'text' }>;

/** Puts the events of one generation together. */
export function wholeAnswer(events: readonly GenerateEvent[]): WholeAnswer {
  const texts = events.filter((event) => event.type === 'text');
  const join = (thinking: boolean): string =>
    texts.map((event) => ((event.thinking === true) === thinking ? event.text : '')).join('');
  return {
    text: join(false),
    thinking: join(true),
    toolCalls: events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : [])),
    tokens: texts.filter((event) => event.logprob !== undefined),
    done: events.find((event) => event.type === 'done') ?? UNFINISHED,
  };
}

const UNFINISHED: WholeAnswer['done'] = {
  type: 'done',
  stopReason: 'other',
  timings: {
    promptTokens: null,
    cachedPromptTokens: null,
    generatedTokens: null,
    loadMs: null,
    prefillMs: null,
    decodeMs: null,
    firstTokenMs: null,
    totalMs: 0,
  },
};
