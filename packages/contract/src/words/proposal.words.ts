import type { ProposalEvidence, ProposalReason } from '@plimsoll/application';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

const REASONS: WordsByKind<ProposalReason> = {
  level: ({ level, threshold, evidence, current }) =>
    `${level} is the smallest measured level that agrees with its reference on at least ${percent(threshold)} of the most likely tokens: ${evidenceWords(evidence)}. The settings say ${current ?? 'no quantization'}.`,
  cache: ({ level, kvCache, threshold, evidence, decodeTokensPerSecond, current }) => {
    const speed = decodeTokensPerSecond === null ? '' : `; it decodes ${decodeTokensPerSecond.toFixed(1)} tokens/s`;
    return `With a ${kvCache} cache ${level} still reaches ${percent(threshold)}: ${evidenceWords(evidence)}${speed}. The settings say ${current}.`;
  },
};

/** Why a setting is proposed, in sentences. */
export const proposalWords = (reason: ProposalReason): string => wordsOf(REASONS, reason);

const percent = (share: number): string => `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;

function evidenceWords({ sameTopToken, sameTopTokenStandardError, scoredTokens, foreign }: ProposalEvidence): string {
  const error = (sameTopTokenStandardError * 100).toFixed(1);
  const where = foreign ? ', measured on another machine' : '';
  return `${percent(sameTopToken)} ± ${error} over ${scoredTokens} tokens${where}`;
}
