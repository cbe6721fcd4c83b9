import type { PhotoEvaluation } from './photo-evaluation.js';

/** Keeps evaluations, so that a run goes on where another stopped. */
export interface PhotoResults {
  get(key: string): Promise<PhotoEvaluation | null>;
  /** Putting the same key again keeps the later one. */
  put(key: string, evaluation: PhotoEvaluation): Promise<void>;
}

/** What a result depends on. */
export interface ResultSubject {
  /** Digest of the photo. */
  readonly photo: string;
  /** Key of the variant and the point that are asked for; null when no model is asked. */
  readonly variant: string | null;
  readonly promptVersion: string | null;
  readonly preset: string;
  readonly askAboutRejects: boolean;
  readonly sendPicture: boolean;
  /** Whether faces were looked for; no when absent. */
  readonly faces?: boolean | undefined;
}

/** Changes when scores change, so that results of another version are not taken for this one's. */
const SCORES_VERSION = 2;

/** The key under which a result is kept: the same photo judged in the same way has the same key. */
export function resultKey(subject: ResultSubject): string {
  const { photo, variant, promptVersion, preset, askAboutRejects, sendPicture, faces = false } = subject;
  const asked = variant === null ? [] : [variant, promptVersion, askAboutRejects, sendPicture];
  return JSON.stringify([SCORES_VERSION, photo, preset, ...asked, ...(faces ? ['faces and eyes'] : [])]);
}
