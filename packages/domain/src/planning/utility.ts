import type { PlanGoal } from './plan-request.js';

/** What a goal makes of loss and speed. */
interface Preference {
  /** Worth of one nat of mean KL divergence. */
  readonly lossWeight: number;
  /** Tokens per second at which waiting costs ln 2; far above it more speed is hardly worth anything. */
  readonly comfortableSpeed: number;
}

/**
 * `balanced`: about 10 tokens/s is comfortable to read along, beyond 40 to 60 more is hardly felt in a chat; a nat is
 * worth as much as a speed 50 times as slow, which puts the best trades of the published table at Q4_K_M to Q6_K, where
 * practice has settled. `quality` holds a nat five times as dear, `speed` values speed up to where only programs wait.
 */
const PREFERENCES: Readonly<Record<PlanGoal, Preference>> = {
  quality: { lossWeight: 20, comfortableSpeed: 10 },
  balanced: { lossWeight: 4, comfortableSpeed: 10 },
  speed: { lossWeight: 1, comfortableSpeed: 40 },
};

/**
 * Divergence that nobody notices: that of Q8_0 with a cache to match (+0.04 % perplexity). Below it only speed counts,
 * so that half the speed is never paid for the step from Q8_0 to F16.
 */
const IMPERCEPTIBLE_KLD = 0.002;

/**
 * What leaving a part of a model on the host costs beside its decode speed: prompts are read several times more slowly,
 * and the processor is busy. A level more is not bought with a few layers in RAM.
 */
const OFFLOAD_COST = 0.1;

/**
 * What an operating point is worth, in nats; at most 0, and 0 is no loss at infinite speed:
 * −weight × max(0, loss − imperceptible) − ln(1 + comfortable speed / speed) − 0.1 when partly offloaded.
 * It falls as the loss grows and rises with speed: like its logarithm where all is slow, hardly at all where it is fast.
 * @param loss mean KL divergence, as `rankingLoss`
 */
export function utility(loss: number, tokensPerSecond: number, goal: PlanGoal, partly = false): number {
  const { lossWeight, comfortableSpeed } = PREFERENCES[goal];
  return (
    -lossWeight * Math.max(0, loss - IMPERCEPTIBLE_KLD) -
    Math.log1p(comfortableSpeed / tokensPerSecond) -
    (partly ? OFFLOAD_COST : 0)
  );
}
