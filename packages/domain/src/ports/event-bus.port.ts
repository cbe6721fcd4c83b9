import type { GenerationTimings } from '../measurement/measurement.js';
import type { Settings } from '../settings/settings.js';

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
  | { readonly type: 'variant-built'; readonly name: string };

/** Tells events to subscribers, in order, without waiting for them. */
export interface EventBus {
  publish(event: PlimsollEvent): void;
  /** Returns the function that ends the subscription. A subscriber that throws disturbs nobody. */
  subscribe(listener: (event: PlimsollEvent) => void): () => void;
}
