import type { Pin } from '../governor/governed-model.js';
import type { GovernorMode } from '../governor/governor-mode.js';
import type { GovernorDecision } from '../governor/governor-state.js';
import type { MemoryDomain } from '../governor/memory-ledger.js';
import type { PressureLevel } from '../governor/pressure.js';
import type { GenerationTimings } from '../measurement/measurement.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { Settings } from '../settings/settings.js';

/** A memory came under another pressure than before. */
export interface MemoryPressure {
  readonly domain: MemoryDomain;
  readonly level: PressureLevel;
  /** What may still be taken; null when unknown. */
  readonly freeBytes: number | null;
  /** The memory, or our own limit where that is less; null when unknown. */
  readonly capacityBytes: number | null;
}

/** A decision of the governor, and what came of it. */
export interface GovernorDecided {
  readonly decision: GovernorDecision;
  /** `dry-run`: only said. `failed`: tried in vain. */
  readonly carriedOut: 'done' | 'dry-run' | 'failed';
  readonly error: string | null;
}

/** Somebody has put the hand on the governor: what it does now, and the model that was pinned or let go, if any. */
export interface GovernorSteered {
  readonly mode: GovernorMode;
  readonly pinned: { readonly model: string; readonly to: Pin } | null;
}

/** What happens inside, for whoever wants to know. */
export type PlimsollEvent =
  | { readonly type: 'settings-changed'; readonly settings: Settings }
  | {
      readonly type: 'generation-finished';
      readonly model: string;
      readonly variant: string;
      readonly succeeded: boolean;
      readonly timings: GenerationTimings | null;
    }
  | { readonly type: 'variant-built'; readonly name: string }
  /** A variant is being made while another one answers; `fraction` is null when unknown. */
  | {
      readonly type: 'variant-progress';
      readonly model: string;
      readonly level: VariantLevel;
      readonly phase: string;
      readonly fraction: number | null;
    }
  | { readonly type: 'variant-failed'; readonly model: string; readonly level: VariantLevel; readonly message: string }
  | ({ readonly type: 'memory-pressure' } & MemoryPressure)
  | ({ readonly type: 'governor-decided' } & GovernorDecided)
  | ({ readonly type: 'governor-steered' } & GovernorSteered);

/** Tells events to subscribers, in order, without waiting for them. */
export interface EventBus {
  publish(event: PlimsollEvent): void;
  /** Returns the function that ends the subscription. A subscriber that throws disturbs nobody. */
  subscribe(listener: (event: PlimsollEvent) => void): () => void;
}
