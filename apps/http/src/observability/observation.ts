import type { ChosenVariant } from '@plimsoll/application';
import type { GenerationTimings, VariantLevel } from '@plimsoll/domain';

/** The API that a client speaks. */
export type Api = 'ollama' | 'openai' | 'anthropic';

/** What a request asks of a model, by OpenTelemetry's names (`gen_ai.operation.name`), which has none for `rerank`. */
export type Operation = 'chat' | 'text_completion' | 'embeddings' | 'rerank';

/** A request to a model, when it is over. */
export interface FinishedRequest {
  readonly id: string;
  readonly api: Api;
  readonly operation: Operation;
  /** The client's span: W3C's header `traceparent`; null where there is none. */
  readonly traceParent: string | null;
  /** As it was asked for; null when the request ended before a variant was found for it. */
  readonly model: string | null;
  readonly variant: string | null;
  readonly level: VariantLevel | null;
  /** 499 when the client left before the answer was complete. */
  readonly status: number;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** From the request to its place on a model; null when it got none. */
  readonly waitedMs: number | null;
  /** From the request to the first piece of the answer; null when there was none. */
  readonly firstMs: number | null;
  readonly totalMs: number;
  /** What the backend said; null when it said nothing. */
  readonly timings: GenerationTimings | null;
}

/** Is shown every finished request to a model. */
export type RequestObserver = (request: FinishedRequest) => void;

/** What is seen of one request to a model while it runs. */
export class Observation {
  readonly #what: Pick<FinishedRequest, 'id' | 'api' | 'operation' | 'traceParent'>;
  readonly #startedAtMs = Date.now();
  readonly #startMs = performance.now();
  #model: string | null = null;
  #chosen: Pick<ChosenVariant, 'variant' | 'level'> | null = null;
  #waitedMs: number | null = null;
  #firstMs: number | null = null;
  #timings: GenerationTimings | null = null;

  constructor(what: Pick<FinishedRequest, 'id' | 'api' | 'operation' | 'traceParent'>) {
    this.#what = what;
  }

  /** A variant was found and has room. */
  placed(model: string, chosen: ChosenVariant): void {
    this.#model = model;
    this.#chosen = chosen;
    this.#waitedMs = this.#elapsed();
  }

  /** A piece of the answer came; the first one counts. */
  answered(): void {
    this.#firstMs ??= this.#elapsed();
  }

  timed(timings: GenerationTimings): void {
    this.#timings = timings;
  }

  finished(status: number): FinishedRequest {
    const { id, api, operation, traceParent } = this.#what;
    return {
      id,
      api,
      operation,
      traceParent,
      model: this.#model,
      variant: this.#chosen?.variant ?? null,
      level: this.#chosen?.level ?? null,
      status,
      startedAtMs: this.#startedAtMs,
      waitedMs: this.#waitedMs,
      firstMs: this.#firstMs,
      totalMs: this.#elapsed(),
      timings: this.#timings,
    };
  }

  #elapsed(): number {
    return performance.now() - this.#startMs;
  }
}
