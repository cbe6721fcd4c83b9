import type { Measurement } from './measurement.js';

/** What tells contents apart: a record, or anything else that has these fields. */
export type ContentFacts = Pick<Measurement, 'digest' | 'model' | 'variant' | 'environment'>;

/**
 * Which content a record is about. A digest says it wherever the file lies and whatever it is called; without one only
 * the backend's own name is left, and such records are never taken for those of a known content.
 */
export function contentKey({ digest, model, variant, environment }: ContentFacts): string {
  return digest ?? JSON.stringify([environment.backend, model, variant]);
}
