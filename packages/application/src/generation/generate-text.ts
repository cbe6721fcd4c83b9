import { isOutOfMemory, mergeLoadOptions, shapeOf } from '@plimsoll/domain';
import type {
  BuildOptions,
  EventBus,
  GenerateEvent,
  GenerateRequest,
  GenerationTimings,
  VariantLevel,
  LoadOptions,
  ModelRuntime,
} from '@plimsoll/domain';
import { failureOf } from '../statistics/failure-of.js';
import { notRecorded } from '../warning.js';
import type { Warn } from '../warning.js';
import type { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import type { ChosenVariant } from '../variants/chosen-variant.js';
import type { PlaceRequests } from '../variants/place-requests.js';
import { generateWithTools } from './tools/generate-with-tools.js';

/** Failures that say something of the request or the caller and nothing of the model: they are not recorded. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set([
  'cancelled',
  'invalid-input',
  'capability-missing',
  'unsupported-level',
]);

/** Each step down frees memory; what runs out of it again and again has another fault. */
const MOST_ATTEMPTS = 5;

/** Options of one generation. */
export interface GenerateTextOptions extends BuildOptions {
  /** Whether a missing variant is made: first, or in the background while another one answers. */
  readonly make: boolean | 'in-background';
  /** A level that wins over the settings. */
  readonly level?: VariantLevel | undefined;
  /** Whether that level is what a plan recommends, and nobody asked for it. */
  readonly recommended?: boolean | undefined;
  /** Fail when the wanted variant cannot be made now; otherwise the best installed one answers, with a warning. */
  readonly strict?: boolean | undefined;
  /** Wishes about loading that hold where neither the plan nor the request says otherwise. */
  readonly load?: LoadOptions | undefined;
}

/** First the variant that was chosen, then what the runtime says. */
export type GenerateTextEvent = { readonly type: 'variant'; readonly chosen: ChosenVariant } | GenerateEvent;

/** Generates through the policy: the right variant, made when it is missing, every call recorded. */
export class GenerateText {
  readonly #runtime: ModelRuntime;
  readonly #places: PlaceRequests;
  readonly #recorder: MeasurementRecorder;
  readonly #bus: EventBus;
  readonly #warn: Warn;

  constructor(runtime: ModelRuntime, places: PlaceRequests, recorder: MeasurementRecorder, bus: EventBus, warn: Warn) {
    this.#runtime = runtime;
    this.#places = places;
    this.#recorder = recorder;
    this.#bus = bus;
    this.#warn = warn;
  }

  /**
   * Streams the answer. `request.model` is the model as the user names it; the variant that runs comes first, and again
   * when another one takes over because the engine ran out of memory before the first piece of the answer.
   */
  async *generate(request: GenerateRequest, options: GenerateTextOptions): AsyncIterable<GenerateTextEvent> {
    for (let attempt = 1; ; attempt += 1) {
      const placed = await this.#places.place(request.model, options);
      let began = false;
      try {
        for await (const event of this.#answer(request, placed.chosen, options)) {
          began ||= event.type !== 'variant';
          yield event;
        }
        return;
      } catch (error) {
        // Reported also when it is too late for this answer: the next one then finds room.
        const isAgain = isOutOfMemory(error) && (await placed.ranOutOfMemory?.()) === true;
        if (!isAgain || began || attempt === MOST_ATTEMPTS || options.signal?.aborted === true) throw error;
      } finally {
        placed.release();
      }
    }
  }

  async *#answer(
    request: GenerateRequest,
    chosen: ChosenVariant,
    options: GenerateTextOptions,
  ): AsyncIterable<GenerateTextEvent> {
    this.warnOfFallback(request.model, chosen);
    // What was planned for one variant need not fit another.
    const planned = chosen.reason === 'fallback' ? { ...options.load, placement: undefined } : (options.load ?? {});
    const load = mergeLoadOptions(mergeLoadOptions(planned, chosen.load), request.load);
    try {
      yield { type: 'variant', chosen };
      const asked = { ...request, model: chosen.variant, load };
      // Unique in the whole conversation, which comes back with the next request.
      const newId = (): string => `call_${crypto.randomUUID()}`;
      for await (const event of generateWithTools(this.#runtime, asked, options, newId)) {
        // Kept before it is told, so that a caller who stops reading at the end loses no record.
        if (event.type === 'done') await this.record(request.model, { ...chosen, load }, event.timings, null);
        yield event;
      }
    } catch (error) {
      if (options.signal?.aborted !== true) await this.record(request.model, { ...chosen, load }, null, error);
      throw error;
    }
  }

  /** Says when another variant answers than was wanted, and why. */
  warnOfFallback(model: string, { variant, wanted }: ChosenVariant): void {
    if (wanted !== undefined) this.#warn({ kind: 'other-variant', variant, model, ...wanted });
  }

  /**
   * Records a generation, also one that took another way to the backend; `error` is what it failed with, null when it
   * succeeded. Failures of the request itself are left out. Never fails: an answer is not lost for its record.
   */
  async record(model: string, chosen: ChosenVariant, timings: GenerationTimings | null, error: unknown): Promise<void> {
    const succeeded = error === null;
    const failure: Partial<ReturnType<typeof failureOf>> = succeeded ? {} : failureOf(error);
    if (OF_THE_REQUEST.has(failure.errorCode ?? '')) return;
    this.#bus.publish({ type: 'generation-finished', model, variant: chosen.variant, succeeded, timings });
    try {
      await this.#recorder.record({
        kind: 'generation',
        model,
        variant: chosen.variant,
        level: chosen.level,
        digest: chosen.digest,
        // A backend that cannot choose these for one model did not take them from here.
        shape: this.#runtime.capabilities.kvCachePerModel === true ? shapeOf(chosen.load) : {},
        succeeded,
        ...failure,
        timings,
      });
    } catch (cause) {
      this.#warn(notRecorded(cause));
    }
  }
}
