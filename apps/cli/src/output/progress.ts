import { renderProgressLine } from './progress-line.js';
import type { TextStream } from './text-stream.js';

/** Shows how far a job is. */
export interface Progress {
  /** A new state; `share` is 0 to 1, or null when the end is not known. */
  update(label: string, share: number | null): void;
  /** Takes the bar away. Safe to call twice. */
  stop(): void;
}

/** What a progress bar needs from outside. */
export interface ProgressOptions {
  readonly stream: TextStream;
  readonly nowMs: () => number;
  /** A fixed name in front of every label. */
  readonly title?: string;
}

/** A job that is done sooner shows nothing. */
const SHOWN_AFTER_MS = 500;
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;

/** A bar that redraws itself on a terminal, and a line every ten seconds elsewhere. */
export function createProgress({ stream, nowMs, title }: ProgressOptions): Progress {
  const startedAtMs = nowMs();
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let plainAtMs = startedAtMs;
  let shown = false;
  const named = (label: string): string => (title === undefined || title === label ? label : `${title}: ${label}`);

  const draw = (label: string, share: number | null, now: number): void => {
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    const line = renderProgressLine({ label: named(label), share, elapsedMs: now - startedAtMs }, width);
    stream.write(`\r\u001b[2K${line}`);
    shown = true;
    drawnAtMs = now;
  };

  return {
    update(label, share) {
      const now = nowMs();
      if (stream.isTTY === true) {
        if (now - startedAtMs >= SHOWN_AFTER_MS && now - drawnAtMs >= REDRAW_MS) draw(label, share, now);
      } else if (now - plainAtMs >= PLAIN_LINE_MS) {
        plainAtMs = now;
        const percent = share === null ? '' : ` ${Math.round(share * 100)} %`;
        stream.write(`${named(label)}${percent}\n`);
      }
    },
    stop() {
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
}
