import type { Admission, GovernedModel } from '@plimsoll/domain';

/** What the pool asks about memory. */
export interface PoolAdvice {
  /**
   * At which point a model comes in now, and who makes room. `wait` when there will be room once others have answered;
   * null when nothing fits. For those `beside` it, which were emptied to let it in, room is left where that can be. As a
   * last resort it comes in close to the hard line, rather than not at all.
   */
  admit(model: GovernedModel, beside: readonly string[], isLastResort: boolean): Promise<Admission | 'wait' | null>;
  /** Models that would have to go for this one to come in, at work or not. */
  inTheWay(model: GovernedModel): Promise<readonly string[]>;
  /** An engine ran out of memory. Resolves with the rung to try instead, or null when there is none. */
  ranOutOfMemory(model: GovernedModel): Promise<number | null>;
  /** Whether a rung can be loaded while the model stays loaded as it is. */
  fitsBeside(model: GovernedModel, rung: number): Promise<boolean>;
  /** Whether what was unloaded has come back, as far as the rung needs it. */
  hasRoomFor(model: GovernedModel, rung: number): Promise<boolean>;
  /** A request came in where there was none. */
  woken(): void;
}
