/** A sequence that wants to be computed. */
export interface StepCandidate {
  readonly sequence: number;
  /** Tokens of its prompt that are still to be computed; 0 when it decodes, one token at a time. */
  readonly promptTokens: number;
}

/** How much of a sequence goes into a step. */
export interface StepPart {
  readonly sequence: number;
  readonly tokens: number;
}

/** Bounds of a step, in tokens. */
export interface StepLimits {
  /** The most that can be handed to the engine at once. */
  readonly batchTokens: number;
  /** What it computes in one go. */
  readonly microBatchTokens: number;
}

/**
 * Which tokens are computed next. Every sequence that decodes gets its one token; prompts share what is left, in equal
 * parts, a short one leaving the rest of its part to the others. So a long prompt neither stalls those who decode nor
 * those who have just come, and costs them no more than one micro batch per token. A prompt that is alone takes all.
 */
export function planStep(candidates: readonly StepCandidate[], limits: StepLimits): readonly StepPart[] {
  const decoding = candidates.filter(({ promptTokens }) => promptTokens === 0);
  const prompts = candidates.filter(({ promptTokens }) => promptTokens > 0);
  const parts = decoding.slice(0, limits.batchTokens).map(({ sequence }) => ({ sequence, tokens: 1 }));
  const alone = decoding.length === 0 && prompts.length === 1;
  const most = alone ? limits.batchTokens : Math.min(limits.batchTokens, limits.microBatchTokens);
  let room = Math.max(0, most - parts.length);
  const shortestFirst = [...prompts].sort((a, b) => a.promptTokens - b.promptTokens);
  for (const [index, { sequence, promptTokens }] of shortestFirst.entries()) {
    const tokens = Math.min(promptTokens, Math.ceil(room / (shortestFirst.length - index)));
    if (tokens === 0) break;
    parts.push({ sequence, tokens });
    room -= tokens;
  }
  return parts;
}
