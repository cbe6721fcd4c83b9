import type { Footprint } from '../footprint/footprint.js';
import type { RunShape } from '../footprint/operating-point.js';
import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { MemoryBudget } from './budget.js';
import type { Prediction } from '../prediction/prediction.js';
import type { MachineSpeed } from '../prediction/speed.js';
import type { QualityExpectation } from '../prediction/quality-prior.js';
import type { ExactNote, FitRemedy, PlanCaution, PlanObstacle, PlanReason } from './reason.js';

/** The model that a plan is about. Null is unknown. */
export interface PlanModel {
  readonly name: string;
  readonly architecture: string;
  readonly parameters: number | null;
  /** Context it was trained for, in tokens. */
  readonly contextLength: number | null;
  /** Where its header was read: a path, URL or repository file. */
  readonly source: string;
}

/**
 * `full`: all layers on the devices, or, on a machine without any, all on the host. `partial`: some layers or the
 * experts have to stay on the host. `none`: it does not fit at all.
 */
export type Fit = 'full' | 'partial' | 'none';

/** The variant behind a candidate. */
export interface PlanVariant {
  readonly name: string;
  /** `local`: it is here; `remote`: it can be downloaded; `buildable`: it can be made here; `missing`; `unknown`. */
  readonly status: 'local' | 'remote' | 'buildable' | 'missing' | 'unknown';
  /** Digest of the content of a local one, by which its measurements are known; absent where the backend has none. */
  readonly digest?: string | undefined;
  /** Bytes of the file(s) to download, where the source of a remote one tells. */
  readonly sizeBytes?: number | undefined;
}

/** One operating point with everything that is known about it. */
export interface PlanCandidate {
  readonly level: VariantLevel;
  readonly shape: RunShape;
  readonly footprint: Footprint;
  /** What a learned correction adds, driver overhead included; 0 before anything was learned. */
  readonly overheadBytes: number;
  readonly fit: Fit;
  /** Bytes missing to have everything on the devices (or the host, when there is none); 0 for `full`. */
  readonly shortBytes: number;
  /** Bytes of the budget of devices (or host) that stay free; 0 for `none`. */
  readonly headroomBytes: number;
  /** Whether no other candidate that fits is better in quality, speed and context at once. */
  readonly pareto: boolean;
  readonly expected: {
    /** At half-filled context. */
    readonly decodeTokensPerSecond: Prediction;
    readonly prefillTokensPerSecond: Prediction;
    readonly quality: QualityExpectation;
  };
  readonly variant: PlanVariant;
  /** The engine's own answer, where it was asked and had one; `footprint` then is that answer. */
  readonly exact?: ExactFootprint | undefined;
}

/** What the engine says of a candidate, beside what the closed form says. */
export interface ExactFootprint {
  readonly totalBytes: number;
  readonly closedFormBytes: number;
  /** `totalBytes` less `closedFormBytes`. */
  readonly differenceBytes: number;
  /**
   * True when the engine has no such devices and was asked for the same with everything on the host. Both figures are
   * of that placement then, and `footprint` stays the closed form.
   */
  readonly onHost: boolean;
}

/** How the engine was asked for a plan. */
export interface ExactSummary {
  readonly asked: number;
  readonly answered: number;
  /** Why candidates kept the closed form. */
  readonly notes: readonly ExactNote[];
}

/** The longest context that fits whole at a level, by cache type. */
export interface LargestContext {
  readonly level: VariantLevel;
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  /** Null when not even the shortest fits. */
  readonly contextTokens: number | null;
}

/** The next better level than the recommended one that does not fit whole, and what it lacks. */
export interface NextBetter {
  readonly level: VariantLevel;
  /** Whether a level between the two fits whole: it was passed over for its speed. */
  readonly skipsFitting: boolean;
  readonly shortBytes: number;
  readonly remedies: readonly FitRemedy[];
}

/** Another configuration that is worth a thought, and what it buys. */
export interface Alternative {
  /** `better`: less is lost; `faster`; `context`: a longer one. */
  readonly kind: 'better' | 'faster' | 'context';
  readonly level: VariantLevel;
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  readonly contextTokens: number;
  readonly fit: Fit;
  readonly decodeTokensPerSecond: Prediction;
}

/** The choice and why. */
export interface Recommendation {
  readonly candidate: PlanCandidate;
  /** The most important first. */
  readonly reasons: readonly PlanReason[];
  /** Null when nothing better is left to want. */
  readonly nextBetter: NextBetter | null;
  /** At most two others, the more useful one first. */
  readonly alternatives: readonly Alternative[];
  /** Says that even the best is poor, and what would run well here; null when it is good. */
  readonly caution: PlanCaution | null;
}

/** Operating points for a model on a machine, with one recommended. */
export interface Plan {
  readonly model: PlanModel;
  readonly budget: MemoryBudget;
  /** How fast the machine is taken to be, devices in the budget's order. */
  readonly machine: MachineSpeed;
  /** Best level first, then by cache, context and sequences as they were asked for. */
  readonly candidates: readonly PlanCandidate[];
  readonly largestContexts: readonly LargestContext[];
  /** Null when nothing fits, or nothing that fits meets the constraints. */
  readonly recommended: Recommendation | null;
  /** Why nothing is recommended and by how much it misses; empty otherwise. */
  readonly obstacles: readonly PlanObstacle[];
  /** Present when the engine was asked for exact bytes. */
  readonly exact?: ExactSummary | undefined;
}
