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
/** Of the work, before the time that is left can be told. */
const LEAST_SHARE = 0.02;

/** A stretch of work in which the share only grows. */
interface Phase {
  readonly share: number;
  readonly startShare: number;
  readonly startMs: number;
}

/** Milliseconds that are left at the pace of a phase; null where too little is done to tell. */
function leftOf(phase: Phase | null, nowMs: number): number | null {
  if (phase === null || phase.share >= 1) return null;
  const { share, startShare, startMs } = phase;
  return share - startShare <= LEAST_SHARE ? null : ((nowMs - startMs) / (share - startShare)) * (1 - share);
}

/** A bar that redraws itself on a terminal, and a line every ten seconds elsewhere. */
export function createProgress({ stream, nowMs, title }: ProgressOptions): Progress {
  const startedAtMs = nowMs();
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let plainAtMs = startedAtMs;
  let shown = false;
  // Each phase has a pace of its own.
  let phase: Phase | null = { share: 0, startShare: 0, startMs: startedAtMs };
  const named = (label: string): string => (title === undefined || title === label ? label : `${title}: ${label}`);

  const draw = (label: string, share: number | null, now: number): void => {
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    const state = { label: named(label), share, elapsedMs: now - startedAtMs, leftMs: leftOf(phase, now) };
    const line = renderProgressLine(state, width);
    stream.write(`\r\u001b[2K${line}`);
    shown = true;
    drawnAtMs = now;
  };

  return {
    update(label, share) {
      const now = nowMs();
      const isNewPhase = share === null ? phase !== null : phase === null || share < phase.share;
      if (share === null) phase = null;
      else if (phase === null || isNewPhase) phase = { share, startShare: share, startMs: now };
      else phase = { ...phase, share };
      if (stream.isTTY === true) {
        // The first state of a phase may stay for long.
        const isDue = isNewPhase || now - drawnAtMs >= REDRAW_MS;
        if (now - startedAtMs >= SHOWN_AFTER_MS && isDue) draw(label, share, now);
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
