import type { JsonSchema } from '@plimsoll/domain';

/** A prompt whose answer can be judged. */
export interface Task {
  /** Unique within a suite, stable over time: outcomes are compared by it. */
  readonly id: string;
  readonly prompt: string;
  readonly check: TaskCheck;
}

/** What makes an answer right. */
export type TaskCheck =
  /** The answer is this text, apart from case, spaces and decoration. */
  | { readonly kind: 'exact'; readonly expected: string }
  /** This regular expression is found in the answer. */
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** The answer is JSON that satisfies this schema. */
  | { readonly kind: 'schema'; readonly schema: JsonSchema }
  /** Only a grader of the user's own can tell. */
  | { readonly kind: 'grader' };
