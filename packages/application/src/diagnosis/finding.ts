import { isPlimsollError } from '@plimsoll/domain';
import type { VariantLevel, Regression, Remedy } from '@plimsoll/domain';

/** One thing that was looked at, and what was found. */
export interface Finding {
  /** Stable name of the check, such as `backend`. */
  readonly check: string;
  /** `unknown` means the check could not be made. */
  readonly status: 'ok' | 'warning' | 'problem' | 'unknown';
  /** What was found; front ends choose the words. */
  readonly fact: FindingFact;
  /** What mends it; empty when nothing is to be done. */
  readonly remedies: readonly Remedy[];
}

/** What a check can find. */
export type FindingFact =
  /** The check itself failed; `hint` is the error's advice. */
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string | null }
  | { readonly kind: 'config-valid'; readonly path: string }
  /** `testedUpTo` is set when the backend is newer than what Plimsoll was tested with. */
  | {
      readonly kind: 'backend-answers';
      readonly name: string;
      readonly version: string | null;
      readonly endpoint: string | null;
      readonly testedUpTo: string | null;
    }
  | { readonly kind: 'servers-silent'; readonly addresses: readonly string[] }
  | { readonly kind: 'no-gpu' }
  /** The build of the embedded engine that models run on. */
  | { readonly kind: 'engine-build'; readonly build: string }
  /** A device that models could run on with another build of the engine. */
  | { readonly kind: 'device-without-build'; readonly device: string }
  /** The same, and the system lacks libraries that this build needs. */
  | {
      readonly kind: 'device-without-libraries';
      readonly device: string;
      readonly build: string;
      readonly missing: readonly string[];
    }
  | { readonly kind: 'no-readings'; readonly device: string }
  | { readonly kind: 'throttled'; readonly device: string; readonly temperatureC: number | null }
  | { readonly kind: 'near-throttling'; readonly device: string; readonly marginC: number }
  | {
      readonly kind: 'limit-above-device';
      readonly device: string;
      readonly limitBytes: number;
      readonly deviceBytes: number;
    }
  | { readonly kind: 'device-well'; readonly device: string }
  | { readonly kind: 'no-model-configured' }
  | {
      readonly kind: 'model-runs-as';
      readonly model: string;
      readonly variant: string;
      readonly level: VariantLevel | null;
    }
  | { readonly kind: 'calls-failed'; readonly variant: string; readonly failed: number; readonly total: number }
  | { readonly kind: 'ran-out-of-memory'; readonly variant: string }
  /** Nothing can be written in a folder where something is to be kept. */
  | { readonly kind: 'cannot-keep'; readonly folder: string; readonly why: 'read-only' | 'forbidden' | 'full' }
  | { readonly kind: 'records-usual'; readonly calls: number }
  | { readonly kind: 'nothing-got-worse' }
  | { readonly kind: 'got-worse'; readonly regression: Regression }
  | { readonly kind: 'resident-size-unknown'; readonly model: string }
  | ResidentFact;

/** What a resident model takes, beside what was predicted for it. */
export interface ResidentFact {
  readonly kind: 'resident-size';
  readonly model: string;
  readonly observedBytes: number;
  readonly predictedBytes: number;
  readonly contextTokens: number;
  /** Whether logits of every token of a batch are counted, as older servers reserve them. */
  readonly everyLogit: boolean;
  /** Bytes on the host beside those on devices; 0 for none. */
  readonly hostBytes: number;
  /** `cache`: so much less that a quantized cache explains it; `mapped`: weights that the backend does not count. */
  readonly outcome: 'agrees' | 'more' | 'less-by-cache' | 'less';
}

/** A finding. */
export const finding = (
  check: string,
  status: Finding['status'],
  fact: FindingFact,
  ...remedies: readonly Remedy[]
): Finding => ({ check, status, fact, remedies });

/** A finding from a failed call: its message and its way out. */
export function findingFromError(check: string, status: Finding['status'], error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const { hint, remedies } = isPlimsollError(error) ? error : { hint: null, remedies: [] };
  return finding(check, status, { kind: 'failed', message, hint }, ...remedies);
}
