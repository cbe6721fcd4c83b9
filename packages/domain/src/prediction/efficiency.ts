import type { ProcessorKind } from '../devices/processor-kind.js';
import { usualType } from '../quantization/variant-level.js';
import type { VariantLevel } from '../quantization/variant-level.js';

/** How a kind of processor runs a model. */
export interface ProcessorEfficiency {
  /** Share of peak bandwidth at which weights and cache are read. */
  readonly bandwidthShare: number;
  /** Seconds per layer and token that no bandwidth shortens: launching its operations and waiting for them. */
  readonly layerSeconds: number;
  /** Share of peak half-precision throughput that prefill reaches. */
  readonly computeShare: number;
}

const kind = (bandwidthShare: number, layerMicroseconds: number, computeShare: number): ProcessorEfficiency => ({
  bandwidthShare,
  layerSeconds: layerMicroseconds / 1e6,
  computeShare,
});

/**
 * Two constants per kind explain decoding: the time per token is bytes / (bandwidth × share) + layers × a fixed time.
 * On the fastest memories the second term is the larger one for models of 8B. Fitted to llama.cpp runs of LLaMA 2 7B
 * and 70B on 13 devices (XiongjieDai/GPU-Benchmarks-on-LLM-Inference, December 2023) and of models of 9B to 31B in 2026
 * (pavlokhmel.com), since engines became faster; `speed-tables.test.ts` has both, and runs that nothing was fitted to.
 */
const EFFICIENCY: Readonly<Record<ProcessorKind, ProcessorEfficiency>> = {
  blackwell: kind(0.9, 60, 0.56),
  ada: kind(0.9, 70, 0.56),
  ampere: kind(0.9, 90, 0.56),
  'ampere-professional': kind(0.9, 95, 0.29),
  hopper: kind(0.78, 110, 0.14),
  'ampere-data-centre': kind(0.75, 150, 0.23),
  turing: kind(0.85, 100, 0.3),
  pascal: kind(0.6, 150, 0.3),
  amd: kind(0.75, 90, 0.35),
  apple: kind(0.86, 170, 0.6),
  intel: kind(0.6, 150, 0.3),
  // Of the nominal bandwidth all physical cores together reach 60 to 80 %.
  processor: kind(0.7, 20, 1),
  other: kind(0.8, 100, 0.3),
};

/** How a kind of processor runs a model; of an unknown one what is usual. */
export function efficiencyOf(processor: ProcessorKind | undefined): ProcessorEfficiency {
  return EFFICIENCY[processor ?? 'other'];
}

/** Share of the bandwidth of a memory of unknown kind that a measurement by reading already is. */
export const MEASURED_BANDWIDTH_SHARE = 0.9;

/** Prefill at full precision against that of a kind as a whole; quantized weights have to be unpacked. */
export function prefillFactor(level: VariantLevel): number {
  const type = usualType(level);
  return type === 'F32' || type === 'F16' || type === 'BF16' ? 1.12 : 0.85;
}

/** Codebook types (`IQ…`) are unpacked by table look-ups, which keep a processor from reaching its memory's speed. */
export const unpackingFactor = (level: VariantLevel): number => (level.startsWith('IQ') ? 0.8 : 1);

/** Seconds that handing a layer's experts to the host and taking the result back add. */
export const EXPERT_HOP_SECONDS = 50e-6;

/** Bytes per second at which matrices of the host reach a device for a batch: PCIe 3 at 16 lanes, or 4 at 8. */
export const TRANSFER_BYTES_PER_SECOND = 12e9;

/** How far single devices stray from the priors here, as a share. */
export const PRIOR_SPREAD = 0.18;

/** The same where a bandwidth was assumed, not known: one channel or eight are both about. */
export const ASSUMED_SPREAD = 0.4;

/** How far prefill strays from its prior. */
export const PREFILL_SPREAD = 0.35;
