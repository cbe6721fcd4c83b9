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
 * Operations per second and thread, in 1e12, that prefill reaches on x86: between 0.026 (N100) and 0.095 (Core i5-9500)
 * on seven processors with Llama 3.1 8B at Q4_K_M (brand-o/normiebench, March 2026), 0.05 in the middle.
 */
const CORE_TFLOPS = 0.05;

/** What the cores of a host compute together. */
export const hostTflops = (processors: number): number => processors * CORE_TFLOPS;
