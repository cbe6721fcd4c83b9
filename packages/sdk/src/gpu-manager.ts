import type { GovernorDocument } from '@plimsoll/contract';
import type { GovernorDecided, GovernorMode, MemoryPressure, Pin } from '@plimsoll/domain';

/** The founding GPU manager: watches memory, and lets levels give way where `governor` says so. */
export interface GpuManager {
  /** Who holds what of each memory, and where each model stands. @throws CapabilityMissingError without a governor */
  status(): Promise<GovernorDocument>;
  /** Calls back whenever a memory comes under another pressure. Returns the function that ends it. */
  onPressure(listener: (pressure: MemoryPressure) => void): () => void;
  /** Calls back with each decision once it was carried out. Returns the function that ends it. */
  onDecision(listener: (decided: GovernorDecided) => void): () => void;
  /** Keeps a model loaded, or at its point, or lets it go. @throws InvalidInputError for one that is not served */
  pin(model: string, to: Pin): Promise<void>;
  /** `hold` lets nothing move until it is `active` again. */
  setMode(mode: GovernorMode): Promise<void>;
}
