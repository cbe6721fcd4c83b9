import { Readable } from 'node:stream';
import type { GenerateTextEvent } from '@plimsoll/application';
import { CancelledError } from '@plimsoll/domain';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import { wholeAnswer } from '@plimsoll/protocol';
import type { AnswerFacts, Asked, Codec } from '@plimsoll/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BackendLease } from '../server/http-services.js';
import { streamAnswer } from './stream-answer.js';
import { askedModel } from './asked-model.js';
import type { AskedModel } from './asked-model.js';
import { applicant } from './gateway-context.js';
import type { GatewayContext } from './gateway-context.js';
import { observationOf } from '../observability/observe-requests.js';
import type { Observation } from '../observability/observation.js';
import { POINT_HEADER, VARIANT_HEADER, variantHeaders } from './variant-headers.js';

/** Answers one generation in a dialect: the right variant, whichever name was asked for. */
export async function answerGeneration<Body>(
  context: GatewayContext,
  codec: Codec<Body>,
  body: Body,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = codec.read(body);
  const { signal, done } = context.running.begin(reply);
  let lease: BackendLease | null = null;
  let leave = (): void => undefined;
  let isOver = false;
  const over = (): void => {
    if (!isOver) done();
    isOver = true;
    leave();
    leave = (): void => undefined;
    lease?.release();
    lease = null;
  };
  // Also when the stream is never read: its generator then does not even begin.
  reply.raw.once('close', over);
  try {
    lease = await context.services.backend();
    const held = lease;
    // Who left before anybody listened, or while the backend was opened, holds nothing.
    if (reply.raw.destroyed) throw new CancelledError('The client has left.');
    const model = await askedModel(context, asked.request.model, request.headers, lease.runtime);
    const events = admitted(
      async () => {
        leave = await context.admission.enter(model.model, applicant(request, signal));
        // The client may have left just then.
        if (isOver) leave();
        return begin(held, asked.request, model, signal);
      },
      model.model,
      observationOf(request),
    );
    const facts = { id: context.newId(), model: asked.request.model, createdMs: context.nowMs() };
    return await (asked.stream
      ? sendStream(context, codec, asked, facts, events, reply)
      : sendWhole(codec, asked, facts, events, reply));
  } catch (error) {
    over();
    throw error;
  }
}

/** A generation that begins when it is its turn, and what is seen of it. */
function admitted(
  enter: () => Promise<AsyncIterator<GenerateTextEvent>>,
  model: string,
  observation: Observation | null,
): AsyncIterator<GenerateTextEvent> {
  let events: AsyncIterator<GenerateTextEvent> | null = null;
  return {
    async next() {
      events ??= await enter();
      const result = await events.next();
      if (result.done === true) return result;
      const { value } = result;
      if (value.type === 'variant') observation?.placed(model, value.chosen);
      else if (value.type === 'done') observation?.timed(value.timings);
      else observation?.answered();
      return result;
    },
    return: async () => (await events?.return?.()) ?? { done: true, value: undefined },
  };
}

/**
 * A context that a client wishes is only a wish: requests that differ in it alone would load the model again and
 * again, so what is planned holds.
 */
function begin(
  lease: BackendLease,
  request: GenerateRequest,
  { model, level }: AskedModel,
  signal: AbortSignal,
): AsyncIterator<GenerateTextEvent> {
  const { contextTokens, ...load } = request.load ?? {};
  const wish = contextTokens === undefined ? {} : { load: { contextTokens } };
  const options = { make: 'in-background', level, signal, ...wish } as const;
  return lease.generation.generate({ ...request, model, load }, options)[Symbol.asyncIterator]();
}

async function sendWhole<Body>(
  codec: Codec<Body>,
  asked: Asked,
  facts: AnswerFacts,
  events: AsyncIterator<GenerateTextEvent>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const all: GenerateEvent[] = [];
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    if (next.value.type === 'variant') tellVariant(reply, next.value);
    else all.push(next.value);
  }
  return reply.send(codec.whole(asked, facts, wholeAnswer(all)));
}

async function sendStream<Body>(
  { aliveMs }: GatewayContext,
  codec: Codec<Body>,
  asked: Asked,
  facts: AnswerFacts,
  events: AsyncIterator<GenerateTextEvent>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const state = { isNamed: false };
  const told: AsyncIterator<GenerateTextEvent> = {
    async next() {
      const result = await events.next();
      if (result.done !== true && result.value.type === 'variant') {
        state.isNamed = true;
        tellVariant(reply, result.value);
      }
      return result;
    },
    return: async () => (await events.return?.()) ?? { done: true, value: undefined },
  };
  const pieces = streamAnswer(told, codec.stream(asked, facts), aliveMs);
  const first = await pieces.next();
  // It waits: the headers go out before anybody knows what answers, which then comes behind the answer.
  if (!state.isNamed) reply.header('trailer', `${VARIANT_HEADER}, ${POINT_HEADER}`);
  return reply
    .header(
      'content-type',
      codec.streamType === 'text/event-stream' ? 'text/event-stream; charset=utf-8' : codec.streamType,
    )
    .header('cache-control', 'no-store')
    .send(Readable.from(startingWith(first, pieces), { objectMode: false }));
}

/** In a header; behind the answer where the headers are out already, since it had to wait. */
function tellVariant(reply: FastifyReply, { chosen }: Extract<GenerateTextEvent, { type: 'variant' }>): void {
  if (!reply.raw.headersSent) reply.headers(variantHeaders(chosen));
  else if (reply.raw.getHeader('trailer') !== undefined) reply.raw.addTrailers(variantHeaders(chosen));
}

async function* startingWith(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
