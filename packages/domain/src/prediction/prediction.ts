/** A predicted or measured number with what it rests on. */
export interface Prediction {
  /** Null when too little is known to say anything. */
  readonly value: number | null;
  /** `measured` on this machine at this operating point, `calibrated` by others of it, or `prior` from data sheets. */
  readonly source: 'measured' | 'calibrated' | 'prior' | 'unknown';
  /** About two of three true values lie within `value` × (1 ± this). Null when unknown. */
  readonly relativeSpread: number | null;
  /** Measurements it rests on; 0 for a prior. */
  readonly observations: number;
}

/** The answer when nothing is known. */
export const UNKNOWN: Prediction = { value: null, source: 'unknown', relativeSpread: null, observations: 0 };
