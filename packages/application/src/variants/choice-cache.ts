import type { Clock, Settings } from '@plimsoll/domain';
import type { ChosenVariant } from './chosen-variant.js';

/** A chosen variant, without what the settings say about loading it. */
export type Choice = Omit<ChosenVariant, 'load'>;

/** A choice, and whether its variant was there before. */
export interface FoundChoice {
  readonly choice: Choice;
  readonly isInstalled: boolean;
}

/** How long a choice counts before it is looked at again. */
const FRESH_MS = 60_000;
/** Most models that choices are kept of. */
const MOST_CHOICES = 256;

interface Kept {
  readonly choice: Choice;
  lookedAtMs: number;
}

/**
 * Variants that were found installed, so that a server that runs one model all day does not look for it each time. A
 * choice counts for the very settings that it was made by. After a minute it is still given, and looked at again in the
 * background. What was missing, and what was made just now, is not kept. Without a clock nothing is.
 */
export class ChoiceCache {
  readonly #clock: Pick<Clock, 'monotonicMs'> | null;
  readonly #kept = new Map<string, Kept>();
  #settings: Settings | null = null;

  constructor(clock: Pick<Clock, 'monotonicMs'> | null) {
    this.#clock = clock;
  }

  /** The choice for `key`, else the one that `find` makes. */
  async get(
    settings: Settings,
    key: readonly unknown[],
    find: (background: boolean) => Promise<FoundChoice>,
  ): Promise<Choice> {
    if (this.#clock === null) return (await find(false)).choice;
    if (settings !== this.#settings) {
      this.#kept.clear();
      this.#settings = settings;
    }
    const text = JSON.stringify(key);
    const kept = this.#kept.get(text);
    if (kept === undefined) return this.#keep(settings, text, await find(false));
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - kept.lookedAtMs > FRESH_MS) {
      kept.lookedAtMs = nowMs;
      find(true).then(
        (found) => this.#keep(settings, text, found),
        () => this.#kept.delete(text),
      );
    }
    return kept.choice;
  }

  clear(): void {
    this.#kept.clear();
  }

  #keep(settings: Settings, text: string, { choice, isInstalled }: FoundChoice): Choice {
    if (!isInstalled || settings !== this.#settings || this.#clock === null) return choice;
    this.#kept.delete(text);
    this.#kept.set(text, { choice, lookedAtMs: this.#clock.monotonicMs() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_CHOICES && oldest !== undefined) this.#kept.delete(oldest);
    return choice;
  }
}
