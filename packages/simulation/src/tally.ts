/** What is counted while the world runs. */
export interface Tally {
  answered: number;
  /** Answered, but after waiting too long. */
  late: number;
  /** Refused or failed. */
  lost: number;
  switches: number;
  loads: number;
  /** Time in which more was used than the device has. */
  overLineMs: number;
  /** Time in which the device was slowed down by heat. */
  slowedMs: number;
  /** Time in which less than the hard band was free. */
  hardBandMs: number;
  /** Σ loss × tokens, and the tokens. */
  lossTokens: number;
  tokens: number;
}

/** Before anything has happened. */
export const emptyTally = (): Tally => ({
  answered: 0,
  late: 0,
  lost: 0,
  switches: 0,
  loads: 0,
  slowedMs: 0,
  overLineMs: 0,
  hardBandMs: 0,
  lossTokens: 0,
  tokens: 0,
});
