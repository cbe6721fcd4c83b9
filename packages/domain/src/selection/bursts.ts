import { hashDistance } from './perceptual-hash.js';

/** A photo as far as grouping goes. */
export interface BurstMember {
  readonly id: string;
  /** Milliseconds since 1970, or null. */
  readonly takenAtMs: number | null;
  readonly hash: bigint;
  readonly camera: string | null;
  readonly overallScore: number;
}

/** Photos of one moment, in order, and the best of them. */
export interface Burst {
  readonly ids: readonly string[];
  readonly best: string;
}

/** Frames of a burst follow each other within this. */
const LONGEST_GAP_MS = 2000;
/** Bits of 64 that neighbours in time may differ by. */
const FARTHEST = 12;
/** Without a time only near copies are taken for one moment. */
const FARTHEST_WITHOUT_TIME = 5;

/**
 * Groups photos that follow each other in time (in the given order where there is none) and look alike. Groups of one
 * are no bursts. Ties go to the earlier photo.
 */
export function findBursts(photos: readonly BurstMember[]): readonly Burst[] {
  const ordered = photos
    .map((photo, index) => ({ photo, index }))
    .sort((a, b) => (a.photo.takenAtMs ?? 0) - (b.photo.takenAtMs ?? 0) || a.index - b.index)
    .map(({ photo }) => photo);
  const groups: BurstMember[][] = [];
  for (const photo of ordered) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && isSameMoment(last, photo)) group.push(photo);
    else groups.push([photo]);
  }
  return groups
    .filter((group) => group.length > 1)
    .map((group) => ({ ids: group.map(({ id }) => id), best: bestOf(group) }));
}

function isSameMoment(a: BurstMember, b: BurstMember): boolean {
  const distance = hashDistance(a.hash, b.hash);
  if (a.takenAtMs === null || b.takenAtMs === null) {
    return a.takenAtMs === b.takenAtMs && distance <= FARTHEST_WITHOUT_TIME;
  }
  return a.camera === b.camera && b.takenAtMs - a.takenAtMs <= LONGEST_GAP_MS && distance <= FARTHEST;
}

function bestOf(group: readonly BurstMember[]): string {
  return group.reduce((best, photo) => (photo.overallScore > best.overallScore ? photo : best)).id;
}
