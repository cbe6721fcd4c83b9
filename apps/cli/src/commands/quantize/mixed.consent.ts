import type { TimeEstimate } from '@plimsoll/application';
import { formatDuration } from '../../output/format.js';
import { askAt, demandAgreement } from '../agreement.js';
import type { CommandContext } from '../command-context.js';

/** What is measured without a question, in milliseconds. */
const LONG_MS = 10 * 60_000;

/**
 * Asks before measurements take long.
 * @param onAsk called before a question is printed
 */
export function agreeToTime(
  { terminal, signal }: Pick<CommandContext, 'terminal' | 'signal'>,
  model: string,
  onAsk: () => void,
): (estimate: TimeEstimate) => Promise<void> {
  return async ({ evaluations, durationMs }) => {
    if (durationMs <= LONG_MS) return;
    onAsk();
    await demandAgreement(
      {
        what: `Measuring ${model} takes about ${formatDuration(durationMs)} (${evaluations} evaluations)`,
        allow: 'Give --yes to allow it. It can be interrupted at any time, and goes on where it was.',
        instead: 'Make a level instead, such as --to Q4_K_M. What was measured is kept.',
      },
      terminal === null ? null : askAt(terminal, signal),
    );
  };
}
