import type { CallOptions, Clock } from '@plimsoll/domain';
import type { PrecisionProbe, ProbedFile } from './precision-probe.js';

/** How long the measurements that are still to be made will take. */
export interface TimeEstimate {
  /** Files to be made and measured. */
  readonly evaluations: number;
  readonly durationMs: number;
}

/** Lets somebody decide whether to go on, before the measurements begin. */
export interface TimeConsent {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Called before the first file is measured alone. */
  readonly onFirst?: (() => void) | undefined;
  /** Throws to stop. */
  readonly agree: (estimate: TimeEstimate) => Promise<void>;
}

/**
 * Measures the first of the files that are not known yet, and asks for the time that all of them will take at its pace.
 * Nothing is asked where all are known.
 * @param more files that are not known in advance
 */
export async function askForTime(
  probe: PrecisionProbe,
  files: readonly ProbedFile[],
  more: number,
  { clock, onFirst, agree }: TimeConsent,
  options: CallOptions,
): Promise<void> {
  const known = await probe.known(files, 'selection');
  const [first, ...others] = files.filter((_, i) => known[i] !== true);
  if (first === undefined) return;
  onFirst?.();
  const startedMs = clock.monotonicMs();
  await probe.losses([first], 'selection', options);
  const evaluations = others.length + more;
  const each = (clock.monotonicMs() - startedMs) * (await probe.shareOfMany());
  await agree({ evaluations, durationMs: evaluations * each });
}
