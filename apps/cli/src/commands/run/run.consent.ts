import type { PlanCandidate } from '@plimsoll/domain';
import { formatBytes } from '../../output/format.js';
import { demandAgreement, type Ask } from '../agreement.js';

/** What is written or fetched without a question, in bytes. */
const LARGE_BYTES = 1e9;

/**
 * Lets a large variant be made or fetched only by somebody who agrees.
 * @param ask null where there is nobody to be asked
 * @throws InvalidInputError where nobody agreed
 */
export async function demandConsent(model: string, candidate: PlanCandidate, ask: Ask | null): Promise<void> {
  const { status, sizeBytes } = candidate.variant;
  if (status !== 'remote' && status !== 'buildable') return;
  const { devices, host } = candidate.footprint;
  const bytes = sizeBytes ?? devices.reduce((sum, { weightsBytes }) => sum + weightsBytes, host.weightsBytes);
  if (bytes <= LARGE_BYTES) return;
  await demandAgreement(
    {
      what: `${status === 'remote' ? 'Downloading' : 'Making'} ${model} at ${candidate.level} takes ${formatBytes(bytes)}`,
      allow: 'Give --yes to allow it, or --no-make to run what is here.',
      instead: 'Run what is here with --no-make, or choose with --level.',
    },
    ask,
  );
}
