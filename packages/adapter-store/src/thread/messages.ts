import type { ErrorCode, MeasurementFilter } from '@plimsoll/domain';

/** What the thread is asked to do. Measurements cross as JSON, which is cheaper than copies of so many small objects. */
export type StoreTask =
  | { readonly kind: 'append'; readonly json: string }
  | { readonly kind: 'query' | 'aggregate'; readonly filter: MeasurementFilter }
  | { readonly kind: 'close' };

/** A task, or the end of one that is not waited for any more. */
export type StoreRequest =
  | { readonly id: number; readonly task: StoreTask }
  | { readonly id: number; readonly task: null };

/** A failure, as what is needed to make the same error anew. */
export interface StoreFailure {
  /** Null for an error that is none of ours. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | null;
}

/** How a task ended. */
export type StoreAnswer = { readonly id: number } & ({ readonly json: string } | { readonly failure: StoreFailure });
