import type { Clock } from '@plimsoll/domain';
import type { LineStream, StartProgram } from '../process/line-stream.js';

/** How a loop is run. */
export interface SmiLoopOptions {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly start: StartProgram;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** First wait before a restart; it doubles up to a minute and is reset by output. 1 s when absent. */
  readonly backOffMs?: number;
}

const LONGEST_BACK_OFF_MS = 60_000;

/** Keeps one long-lived `nvidia-smi` running: starts it again when it ends, and when it has fallen silent. */
export class SmiLoop {
  readonly #options: SmiLoopOptions;
  readonly #stopping = new AbortController();
  readonly #firstBackOffMs: number;
  #backOffMs: number;
  #stream: LineStream | null = null;
  #lastLineMs: number;

  constructor(options: SmiLoopOptions) {
    this.#options = options;
    this.#firstBackOffMs = options.backOffMs ?? 1000;
    this.#backOffMs = this.#firstBackOffMs;
    this.#lastLineMs = options.clock.monotonicMs();
    void this.#watchSilence();
    this.#start();
  }

  /** Ends the program for good. */
  stop(): void {
    this.#stopping.abort();
    this.#stream?.stop();
  }

  #start(): void {
    const { command, start, clock, onLine } = this.#options;
    this.#lastLineMs = clock.monotonicMs();
    this.#stream = start(command, {
      onLine: (line) => {
        this.#lastLineMs = clock.monotonicMs();
        this.#backOffMs = this.#firstBackOffMs;
        onLine(line);
      },
      onEnd: () => void this.#restart(),
    });
  }

  async #restart(): Promise<void> {
    this.#stream = null;
    const { signal } = this.#stopping;
    const waitMs = this.#backOffMs;
    this.#backOffMs = Math.min(this.#backOffMs * 2, LONGEST_BACK_OFF_MS);
    await this.#options.clock.sleep(waitMs, { signal }).catch(() => undefined);
    if (!signal.aborted) this.#start();
  }

  async #watchSilence(): Promise<void> {
    const { clock, intervalMs } = this.#options;
    const { signal } = this.#stopping;
    const patienceMs = Math.max(3 * intervalMs, 5000);
    while (!signal.aborted) {
      await clock.sleep(patienceMs, { signal }).catch(() => undefined);
      if (clock.monotonicMs() - this.#lastLineMs >= patienceMs) this.#stream?.stop();
    }
  }
}
