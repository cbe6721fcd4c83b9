import type { FlashAttention, KvCacheType, VariantLevel, PlanConstraints, PlanGoal } from '@plimsoll/domain';

/** What to plan. Everything but the model may be left out: the machine is then probed and the settings decide. */
export interface PlanModelRequest {
  /** The model as the user names it. */
  readonly model: string;
  /** Device memory to plan with instead of the machine's; 0 plans for the processor alone. */
  readonly vramBytes?: number | undefined;
  /** Devices of the catalogue to plan with instead of the machine's, such as `RTX 4060` or `2x RTX 3090`. */
  readonly gpu?: string | readonly string[] | undefined;
  /** The machine's own memory to plan with instead of what is found. */
  readonly ramBytes?: number | undefined;
  /** Its peak bandwidth in bytes per second. */
  readonly ramBandwidth?: number | undefined;
  /** Physical cores of the processor. */
  readonly cpuThreads?: number | undefined;
  readonly levels?: readonly VariantLevel[] | undefined;
  readonly contexts?: readonly number[] | undefined;
  readonly keyCacheTypes?: readonly KvCacheType[] | undefined;
  /** One per key cache type; the same types when absent. */
  readonly valueCacheTypes?: readonly KvCacheType[] | undefined;
  readonly parallel?: readonly number[] | undefined;
  /** Layers on devices; as many as fit when absent. */
  readonly gpuLayers?: readonly number[] | undefined;
  /** Layers, counted from the first, whose experts stay in RAM; as few as needed when absent. */
  readonly expertLayersOnHost?: number | undefined;
  /** Prompt tokens that the engine computes at once; 512 when absent, as llama.cpp has it. */
  readonly microBatchTokens?: number | undefined;
  /** The projector (mmproj) that is loaded beside the model, named as a model is. */
  readonly projector?: string | undefined;
  /** The smaller model that drafts tokens for this one, or `mtp` for prediction layers of its own. */
  readonly draft?: string | undefined;
  readonly flashAttention?: FlashAttention | undefined;
  /** What counts more in the choice; `balanced` when absent. */
  readonly prefer?: PlanGoal | undefined;
  readonly constraints?: PlanConstraints | undefined;
}

/** Levels that a plan looks at when none is named: those that publishers ship, best first. */
export const USUAL_LEVELS: readonly VariantLevel[] = [
  'F16',
  'Q8_0',
  'Q6_K',
  'Q5_K_M',
  'Q4_K_M',
  'IQ4_XS',
  'Q4_0',
  'Q3_K_M',
  'IQ3_M',
  'Q2_K',
];
