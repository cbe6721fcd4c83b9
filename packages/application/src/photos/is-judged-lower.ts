import type { PhotoEvaluation } from './photo-evaluation.js';

/** Whether a lower level than asked has judged a photo, because memory was short. */
export function isJudgedLower({ llmEvaluation }: PhotoEvaluation): boolean {
  return llmEvaluation !== null && llmEvaluation.level !== llmEvaluation.askedLevel;
}
