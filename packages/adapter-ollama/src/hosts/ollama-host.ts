import { isPlimsollError, mayAnswerElsewhere, throwIfCancelled } from '@plimsoll/domain';
import type { CallOptions, Clock, NativeHost, ResidentModel } from '@plimsoll/domain';
import type { TagEntry } from '@plimsoll/protocol/ollama';
import type { OllamaApi } from '../ollama-api.js';
import { OllamaRuntime } from '../runtime/ollama-runtime.js';

/** What one server had when it was last looked at. */
export interface HostView {
  readonly tags: readonly TagEntry[];
  readonly resident: readonly ResidentModel[];
}

/** How long a view counts. */
const VIEW_MS = 2_000;
/** A server that says nothing for so long when it is asked what it has is down. */
const LOOK_MS = 3_000;
/** A server that is down is left alone for so long, twice as long after each further failure. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** One of several Ollama servers: what it has, whether it answers, and how much it has to do. */
export class OllamaHost implements NativeHost {
  readonly api: OllamaApi;
  readonly runtime: OllamaRuntime;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Requests that are there now. */
  active = 0;
  #view: { readonly value: HostView; readonly atMs: number } | null = null;
  #looking: Promise<HostView | null> | null = null;
  #failures = 0;
  #pausedUntilMs = 0;

  constructor(api: OllamaApi, clock: Pick<Clock, 'monotonicMs'>) {
    this.api = api;
    this.runtime = new OllamaRuntime(api);
    this.#clock = clock;
  }

  get address(): string {
    return this.api.address;
  }

  /** Whether its last answer was none. */
  get isDown(): boolean {
    return this.#failures > 0;
  }

  /** Whether it is down and not to be asked again yet. */
  get isPaused(): boolean {
    return this.isDown && this.#clock.monotonicMs() < this.#pausedUntilMs;
  }

  /** What it has; null when it does not answer. Looked at again only when the last look is old. */
  async view(options: CallOptions = {}): Promise<HostView | null> {
    throwIfCancelled(options.signal, 'The work was cancelled.');
    if (this.#view !== null && this.#clock.monotonicMs() - this.#view.atMs < VIEW_MS) return this.#view.value;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** What it has may have changed. */
  forget(): void {
    this.#view = null;
  }

  begin(): (error: unknown) => void {
    this.active += 1;
    return (error) => {
      this.active -= 1;
      this.#note(error);
    };
  }

  /** Does something there, and keeps in mind whether it answered. */
  async use<Result>(work: (host: this) => Promise<Result>): Promise<Result> {
    const end = this.begin();
    try {
      const result = await work(this);
      end(null);
      return result;
    } catch (error) {
      end(error);
      throw error;
    }
  }

  async #look(): Promise<HostView | null> {
    // Shared by all who wait for it: whoever leaves must not end it for the others.
    const signal = AbortSignal.timeout(LOOK_MS);
    try {
      const [tags, resident] = await Promise.all([this.api.tags({ signal }), this.runtime.resident({ signal })]);
      this.#failures = 0;
      this.#view = { value: { tags, resident }, atMs: this.#clock.monotonicMs() };
      return this.#view.value;
    } catch {
      this.#fail();
      return null;
    }
  }

  #note(error: unknown): void {
    if (error === null) this.#failures = 0;
    else if (isPlimsollError(error) && error.code === 'backend-unreachable') this.#fail();
    else if (mayAnswerElsewhere(error)) this.forget();
  }

  #fail(): void {
    this.#failures += 1;
    this.#view = null;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    this.#pausedUntilMs = this.#clock.monotonicMs() + pauseMs;
  }
}
