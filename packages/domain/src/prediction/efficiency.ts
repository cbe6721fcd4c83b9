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
 * and 70B on 13 devices (XiongjieDai/GPU-Benchmarks-on-LLM-Inference, December 2023), of models of 9B to 31B in 2026
 * (pavlokhmel.com), since engines became faster, and of one device each of Turing, RDNA 3, M4 and GB10
 * (AlexsJones/llmfit, July to September 2026). Prefill is fitted to one or two cards per kind of XiongjieDai's table of May 2024.
 * `speed-tables.test.ts` has all of them, and runs that nothing was fitted to.
 */
const EFFICIENCY: Readonly<Record<ProcessorKind, ProcessorEfficiency>> = {
  // Prefill as on Ada: its 8-bit matrix units are the same per clock.
  blackwell: kind(0.9, 60, 0.82),
  'blackwell-unified': kind(0.7, 30, 0.82),
  // Quantized matrices are multiplied in 8-bit integers, at up to twice the 16-bit peak that a GeForce data sheet names.
  ada: kind(0.9, 70, 0.82),
  // Their data sheets name a 16-bit peak twice as high, which the same multiplication does not use.
  'ada-professional': kind(0.9, 70, 0.31),
  ampere: kind(0.9, 90, 1.04),
  'ampere-professional': kind(0.9, 95, 0.44),
  hopper: kind(0.78, 110, 0.19),
  'ampere-data-centre': kind(0.75, 150, 0.35),
  turing: kind(0.92, 80, 0.3),
  pascal: kind(0.6, 150, 0.3),
  amd: kind(0.9, 80, 0.35),
  apple: kind(0.86, 170, 0.65),
  // The first generation's GPU does not saturate its memory: an M1 Max of 24 cores reads 251 of 400 GB/s.
  'apple-m1': kind(0.63, 170, 0.65),
  'apple-m4': kind(0.89, 95, 0.65),
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

/**
 * Bytes per second that one core unpacks and multiplies, by type. Where cores are few it is they that bound decoding and
 * not the memory. Processor time of llama-bench with one thread, a generated Llama of 0.63B on an EPYC of Zen 4 at about
 * 3 GHz, AVX2.
 */
const CORE_BYTES_PER_SECOND: readonly (readonly [pattern: RegExp, bytesPerSecond: number])[] = [
  [/^IQ/, 9.3e9],
  [/^Q4_[01]|^Q5_[01]|^MXFP4/, 15.3e9],
  [/^Q8_0/, 13e9],
  [/^Q5_K/, 15.5e9],
  [/^Q[2-4]_K/, 18e9],
  [/^Q6_K/, 19.4e9],
];
const CORE_BYTES_PER_SECOND_UNPACKED = 20.4e9;

/** What a core reads of a level in a second. */
export const coreBytesPerSecond = (level: VariantLevel): number =>
  CORE_BYTES_PER_SECOND.find(([pattern]) => pattern.test(usualType(level)))?.[1] ?? CORE_BYTES_PER_SECOND_UNPACKED;

/** Codebook types (`IQ…`) are unpacked by table look-ups, which keep a processor from reaching its memory's speed. */
export const unpackingFactor = (level: VariantLevel): number => (level.startsWith('IQ') ? 0.8 : 1);

/** Seconds that handing a layer's experts to the host and taking the result back add. */
export const EXPERT_HOP_SECONDS = 50e-6;

/** Bytes per second at which matrices of the host reach a device for a batch: PCIe 3 at 16 lanes, or 4 at 8. */
export const TRANSFER_BYTES_PER_SECOND = 12e9;

/** How far single devices stray from the priors here, as a share: two of three held-out runs lie within it. */
export const PRIOR_SPREAD = 0.1;

/** The same where a bandwidth was assumed, not known: one channel or eight are both about. */
export const ASSUMED_SPREAD = 0.4;

/** How far processors and kinds that nothing was fitted to stray. */
const UNFITTED_SPREAD = 0.25;
const UNFITTED: readonly ProcessorKind[] = ['pascal', 'intel', 'processor', 'other'];

/** How far devices of a kind stray from their prior when decoding; two of three lie within it. */
export const decodeSpread = (kind: ProcessorKind | undefined): number =>
  UNFITTED.includes(kind ?? 'other') ? UNFITTED_SPREAD : PRIOR_SPREAD;

/** How far prefill of the kinds that it was fitted to strays from its prior: two of three held-out runs lie within it. */
export const PREFILL_SPREAD = 0.16;

/** The same for kinds without a run to fit to. */
const UNFITTED_PREFILL_SPREAD = 0.4;
const UNFITTED_PREFILL: readonly ProcessorKind[] = [...UNFITTED, 'blackwell', 'blackwell-unified', 'turing', 'amd'];

/** How far devices of a kind stray from their prior in prefill. */
export const prefillSpread = (kind: ProcessorKind | undefined): number =>
  UNFITTED_PREFILL.includes(kind ?? 'other') ? UNFITTED_PREFILL_SPREAD : PREFILL_SPREAD;
