import type { SidecarChange } from './sidecar-writer.port.js';

/** The sidecars of one run. */
export interface RecordedRun {
  /** Runs sort by their names, later ones last. */
  readonly run: string;
  /** Last first. */
  readonly changes: readonly SidecarChange[];
}

/** The record of sidecars that were written, so that a run can be undone. */
export interface SidecarJournal {
  /** The change is on record when this returns; it is made afterwards. @throws StorageFailedError */
  add(run: string, change: SidecarChange): Promise<void>;
  /** The last run that was not undone; null when there is none. */
  last(): Promise<RecordedRun | null>;
  markUndone(run: string): Promise<void>;
  close(): Promise<void>;
}
