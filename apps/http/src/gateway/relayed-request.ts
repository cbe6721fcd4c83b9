import type { ChooseOptions, PlacedRequest } from '@plimsoll/application';
import { isOutOfMemory } from '@plimsoll/domain';
import type { NativeApis, VariantLevel } from '@plimsoll/domain';
import { forward } from '@plimsoll/transport';
import { observationOf } from '../observability/observe-requests.js';
import type { BackendLease } from '../server/http-services.js';
import type { RunningRequest } from '../server/running-requests.js';
import { AnswerWatch } from './answer-watch.js';
import type { AskedModel } from './asked-model.js';
import { EarlyBytes } from './early-bytes.js';
import { failureOf } from './failure.js';
import { applicant } from './gateway-context.js';
import type { GatewayContext, GatewayReply, GatewayRequest } from './gateway-context.js';
import { atFirst, hostsOf } from './native-hosts.js';
import { sentBody } from './relayed-body.js';
import type { NamedBody } from './relayed-body.js';
import { copied, outward } from './relayed-headers.js';
import { renameModel } from './rename-model.js';
import { variantHeaders } from './variant-headers.js';
import { worthAnotherTry } from './worth-another-try.js';

/** A request about a model, and the backend that it is passed on to. */
export interface RelayedRequestOptions {
  readonly context: GatewayContext;
  readonly dialect: NativeApis['dialects'][number];
  readonly request: GatewayRequest;
  readonly reply: GatewayReply;
  readonly lease: BackendLease;
  readonly apis: NativeApis;
  readonly body: NamedBody;
  readonly asked: AskedModel;
}

/** Each step down frees memory; what runs out of it again and again has another fault. */
const MOST_ATTEMPTS = 5;

const GENERATIONS = /\/(?:chat|generate|completions|responses|messages)$/;

/** One request on its way: its turn, its place on a variant, the answer that passes, and what is recorded of it. */
export class RelayedRequest {
  readonly #options: RelayedRequestOptions;
  readonly #isGeneration: boolean;
  readonly #running: RunningRequest;
  readonly #early: EarlyBytes | null;

  constructor(options: RelayedRequestOptions) {
    const { context, request, reply } = options;
    this.#options = options;
    this.#isGeneration = GENERATIONS.test(request.url);
    this.#running = context.running.begin(reply);
    this.#early = this.#isGeneration ? earlyBytes(options) : null;
  }

  /** Waits for a turn, and passes it on. @throws while nothing of an answer has gone out */
  async answer(): Promise<void> {
    const { context, request, asked } = this.#options;
    let leave: (() => void) | null = null;
    try {
      leave = await context.admission.enter(asked.model, applicant(request, this.#running));
      await this.#attempt(1);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#early?.stop();
      leave?.();
      this.#running.done();
    }
  }

  /** After bytes that came early, a failure is the last words of the stream; one that broke has had them. */
  #fail(error: unknown): void {
    if (this.#options.reply.raw.writableEnded) return;
    if (this.#early?.opened !== true) throw error;
    this.#early.fail(failureOf(error));
  }

  async #attempt(count: number): Promise<void> {
    const { lease, asked } = this.#options;
    const placed = await lease.places.place(asked.model, new PlaceOptions(asked.level, this.#running));
    try {
      await this.#pass(placed);
    } catch (error) {
      // Nothing of an answer has gone out then; a smaller point may stand ready.
      const isAgain = isOutOfMemory(error) && (await placed.ranOutOfMemory?.()) === true;
      if (!isAgain || count === MOST_ATTEMPTS || this.#running.aborted) throw error;
      await this.#attempt(count + 1);
    } finally {
      placed.release();
    }
  }

  async #pass(placed: PlacedRequest): Promise<void> {
    const { lease, apis, asked, request } = this.#options;
    const { chosen } = placed;
    const observation = observationOf(request);
    lease.generation.warnOfFallback(asked.model, chosen);
    observation?.placed(asked.model, chosen);
    try {
      const watch = new AnswerWatch(observation, this.#early, this.#isGeneration);
      const status = await this.#forward(placed, watch, await hostsOf(apis, chosen.variant, this.#running));
      if (!this.#isGeneration || status !== 200 || this.#running.aborted) return;
      await lease.generation.record(asked.model, chosen, watch.timings(), null);
    } catch (error) {
      if (this.#isGeneration) await lease.generation.record(asked.model, chosen, null, error);
      throw error;
    }
  }

  #forward(
    { chosen, ranOutOfMemory }: PlacedRequest,
    watch: AnswerWatch,
    hosts: Parameters<typeof atFirst<number>>[0],
  ): Promise<number> {
    const { context, apis, asked, body, request, reply } = this.#options;
    const { method, url } = request;
    const { variant } = chosen;
    const [early, signal] = [this.#early, this.#running];
    const sent = { method, headers: outward(request), body: sentBody(body, chosen, request) };
    const headers = Object.assign(copied(reply), variantHeaders(chosen));
    return atFirst(hosts, ({ address }, isLast) =>
      forward(context.transport, { url: address + url, ...sent }, reply.raw, {
        ...{ signal, headers, watch: watch.piece },
        rewrite: renameModel(variant, asked.name),
        refused: worthAnotherTry(apis, variant, { smaller: ranOutOfMemory !== undefined, elsewhere: !isLast }),
        lastWords: early === null ? undefined : (error) => early.lastWords(failureOf(error)),
      }),
    );
  }
}

/** The signal is made only where a variant has to be looked for, or waited for. */
class PlaceOptions implements ChooseOptions {
  readonly make = 'in-background';
  readonly level: VariantLevel | undefined;
  readonly #running: RunningRequest;

  constructor(level: VariantLevel | undefined, running: RunningRequest) {
    this.level = level;
    this.#running = running;
  }

  get signal(): AbortSignal {
    return this.#running.signal;
  }
}

/** Only for streams: a whole answer has nothing that could come early. */
function earlyBytes({ context, dialect: api, body, asked, request, reply }: RelayedRequestOptions): EarlyBytes | null {
  if (!(api === 'ollama' ? body.stream !== false : body.stream === true)) return null;
  const [path = ''] = request.url.split('?', 1);
  const { aliveMs } = context;
  return new EarlyBytes({ api, path, model: asked.name, response: reply.raw, headers: copied(reply), aliveMs });
}
