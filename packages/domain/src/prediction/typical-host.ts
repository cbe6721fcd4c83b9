import type { ProcessorSpeed } from './speed.js';

/** What is assumed of a machine whose memory nobody measured or named: two channels of DDR4-3200. */
export const TYPICAL_HOST: ProcessorSpeed & { readonly description: string } = {
  bandwidthBytesPerSecond: 51.2e9,
  fp16Tflops: null,
  kind: 'processor',
  basis: 'assumed',
  description: 'two channels of DDR4-3200',
};

/**
 * Operations per second and core, in 1e12, that prefill reaches on x86 with AVX2 and on ARM with NEON: between 0.02 and
 * 0.08 have been seen.
 */
const CORE_TFLOPS = 0.04;

/** What the cores of a host compute together. */
export const hostTflops = (processors: number): number => processors * CORE_TFLOPS;
