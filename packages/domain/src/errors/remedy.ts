import type { Level } from '../quantization/level.js';

/**
 * A way out that this program offers, as data: a command line names the command, an HTTP API the field, a page draws a
 * button. Advice about other things (a disk, a server) is the error's `hint`.
 */
export type Remedy =
  /** Make the variant; `how` when the usual way is not open: with the embedded engine, or to a file elsewhere. */
  | {
      readonly kind: 'make-variant';
      readonly model: string;
      readonly level: Level;
      readonly how?: 'embedded-engine' | 'file-elsewhere' | undefined;
    }
  /** Several variants are missing: have them made along the way, or make each first. */
  | { readonly kind: 'make-variants'; readonly model: string; readonly levels: readonly Level[] }
  | { readonly kind: 'turn-quantization-off' }
  /** See which models there are; `backend` when it is not a matter of the one in use. */
  | { readonly kind: 'list-models'; readonly backend?: string | undefined }
  | { readonly kind: 'inspect-model'; readonly model: string }
  /** Serve with a governor, over a backend whose models are ours to move. */
  | { readonly kind: 'govern-memory' }
  | { readonly kind: 'list-devices' }
  | { readonly kind: 'watch-devices' }
  /** Look for an operating point that fits; null: of the model in question. */
  | { readonly kind: 'plan-model'; readonly model: string | null }
  | { readonly kind: 'compare-levels'; readonly model: string }
  | { readonly kind: 'see-statistics'; readonly model: string }
  | { readonly kind: 'propose-settings'; readonly model: string }
  /** Fetch a build of the embedded engine, such as `cuda`. */
  | { readonly kind: 'add-engine-build'; readonly build: string }
  /** A setting by its path, and a value as an example. */
  | { readonly kind: 'change-setting'; readonly path: string; readonly value: string }
  | { readonly kind: 'use-backend'; readonly backend: string; readonly model?: string | undefined }
  /** Options of the request that help, any of them, by their names; the value is an example, empty for a switch. */
  | { readonly kind: 'use-options'; readonly options: Readonly<Record<string, string>> }
  | { readonly kind: 'leave-out'; readonly option: string };
