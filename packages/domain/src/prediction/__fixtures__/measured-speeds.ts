import type { Level } from '../../quantization/level.js';

/** What of a model decides its speed. */
export interface Model {
  readonly level: Level;
  /** Bytes of the tensors that a token reads: all but the input embedding, unless it is the output too. */
  readonly readBytes: number;
  /** Layers, the output counted as one. */
  readonly layers: number;
  readonly parameters: number;
}

/** Tokens per second that somebody measured with llama.cpp, everything on the device, near an empty context. */
export type Row = readonly [device: string, model: Model, tokensPerSecond: number];

const LLAMA2_Q4: Model = { level: 'Q4_0', readBytes: 3.75e9, layers: 33, parameters: 6.74e9 };
const LLAMA2_F16: Model = { level: 'F16', readBytes: 13.2e9, layers: 33, parameters: 6.74e9 };
const LLAMA2_70B: Model = { level: 'Q4_0', readBytes: 38.8e9, layers: 81, parameters: 68.98e9 };
const QWEN35_9B: Model = { level: 'Q4_K_M', readBytes: 5.1e9, layers: 33, parameters: 9e9 };
const QWEN36_27B: Model = { level: 'Q4_K_M', readBytes: 16.1e9, layers: 65, parameters: 27e9 };
const GEMMA4_31B: Model = { level: 'Q4_K_M', readBytes: 18.3e9, layers: 61, parameters: 31e9 };
const MINISTRAL_3B: Model = { level: 'Q4_K_M', readBytes: 1.8e9, layers: 27, parameters: 3.4e9 };
const QWEN35_4B: Model = { level: 'Q4_K_M', readBytes: 2.7e9, layers: 33, parameters: 4e9 };
const GEMMA3_4B: Model = { level: 'Q4_K_M', readBytes: 2.49e9, layers: 35, parameters: 3.88e9 };
const QWEN3_8B: Model = { level: 'Q4_K_M', readBytes: 4.68e9, layers: 37, parameters: 8.2e9 };

const LLAMA3_8B_Q4: Model = { level: 'Q4_K_M', readBytes: 4.62e9, layers: 33, parameters: 8.03e9 };
const LLAMA3_8B_F16: Model = { level: 'F16', readBytes: 15.01e9, layers: 33, parameters: 8.03e9 };
const LLAMA3_8B_Q4_0: Model = { level: 'Q4_0', readBytes: 4.36e9, layers: 33, parameters: 8.03e9 };
const LLAMA3_8B_Q5: Model = { level: 'Q5_K_M', readBytes: 5.36e9, layers: 33, parameters: 8.03e9 };
const LLAMA3_8B_Q8: Model = { level: 'Q8_0', readBytes: 7.97e9, layers: 33, parameters: 8.03e9 };
const LLAMA3_70B_Q4: Model = { level: 'Q4_K_M', readBytes: 41.9e9, layers: 81, parameters: 70.6e9 };
const LLAMA32_1B: Model = { level: 'Q4_K_M', readBytes: 0.8e9, layers: 17, parameters: 1.24e9 };
const LLAMA32_3B: Model = { level: 'Q4_K_M', readBytes: 2.01e9, layers: 29, parameters: 3.21e9 };
const QWEN3_4B: Model = { level: 'Q4_K_M', readBytes: 2.49e9, layers: 37, parameters: 4.02e9 };
const QWEN3_14B: Model = { level: 'Q4_K_M', readBytes: 8.56e9, layers: 41, parameters: 14.8e9 };
const QWEN3_32B: Model = { level: 'Q4_K_M', readBytes: 19.3e9, layers: 65, parameters: 32.8e9 };
const MISTRAL_7B: Model = { level: 'Q4_K_M', readBytes: 4.3e9, layers: 33, parameters: 7.25e9 };
const MISTRAL_24B: Model = { level: 'Q4_K_M', readBytes: 13.95e9, layers: 41, parameters: 23.6e9 };
const QWEN25_7B: Model = { level: 'Q4_K_M', readBytes: 4.37e9, layers: 29, parameters: 7.6e9 };
const QWEN25_14B: Model = { level: 'Q4_K_M', readBytes: 8.55e9, layers: 49, parameters: 14.8e9 };
const PHI4_14B: Model = { level: 'Q4_K_M', readBytes: 8.76e9, layers: 41, parameters: 14.7e9 };
const GEMMA3_12B: Model = { level: 'Q4_K_M', readBytes: 7.29e9, layers: 49, parameters: 11.8e9 };
const GEMMA3_27B: Model = { level: 'Q4_K_M', readBytes: 16.5e9, layers: 63, parameters: 27e9 };

/**
 * Decoding that constants were fitted to: XiongjieDai/GPU-Benchmarks-on-LLM-Inference, December 2023; pavlokhmel.com,
 * 7 June 2026; and of AlexsJones/llmfit (community data of July to September 2026) one device each of three kinds.
 */
export const FITTED_DECODE: readonly Row[] = [
  ['RTX 4080', LLAMA2_Q4, 118],
  ['RTX 4080', LLAMA2_F16, 44.2],
  ['RTX 4000 Ada', LLAMA2_F16, 23],
  ['RTX 3090', LLAMA2_Q4, 120.6],
  ['RTX 3090', LLAMA2_F16, 51.9],
  ['RTX A6000', LLAMA2_70B, 15.2],
  ['A100 80GB SXM', LLAMA2_Q4, 136.2],
  ['A100 80GB SXM', LLAMA2_70B, 25.7],
  ['H100 PCIe', LLAMA2_Q4, 133.8],
  ['M2 Ultra 192GB', LLAMA2_Q4, 91.9],
  ['RTX 4090', LLAMA2_Q4, 149.4],
  ['RTX 4090', LLAMA2_F16, 60.8],
  ['RTX 4000 Ada', LLAMA2_Q4, 64.5],
  ['RTX 5000 Ada', LLAMA2_Q4, 99.2],
  ['RTX 5000 Ada', LLAMA2_F16, 36.3],
  ['RTX A6000', LLAMA2_Q4, 111.6],
  ['RTX A6000', LLAMA2_F16, 44],
  ['RTX 6000 Ada', LLAMA2_Q4, 127.5],
  ['RTX 6000 Ada', LLAMA2_70B, 17],
  ['A100 80GB SXM', LLAMA2_F16, 73.8],
  ['H100 PCIe', LLAMA2_F16, 83.3],
  ['H100 PCIe', LLAMA2_70B, 25.9],
  ['M2 Ultra 192GB', LLAMA2_F16, 40.7],
  ['M2 Ultra 192GB', LLAMA2_70B, 14.4],
  ['M3 24GB', LLAMA2_Q4, 20.8],
  ['M3 Max 64GB', LLAMA2_Q4, 63.1],
  ['M3 Max 64GB', LLAMA2_F16, 24.8],
  ['RTX 4080', QWEN35_9B, 105],
  ['RTX 4090', QWEN35_9B, 137],
  ['A100 40GB', QWEN35_9B, 113],
  ['A100 80GB SXM', QWEN35_9B, 123],
  ['H100 SXM', QWEN35_9B, 190],
  ['M5 32GB', QWEN35_9B, 22],
  ['RTX 4090', QWEN36_27B, 47],
  ['A100 40GB', QWEN36_27B, 41],
  ['A100 80GB SXM', QWEN36_27B, 46],
  ['H100 SXM', QWEN36_27B, 74],
  ['A100 40GB', GEMMA4_31B, 37],
  ['A100 80GB SXM', GEMMA4_31B, 43],
  ['H100 SXM', GEMMA4_31B, 68],
  ['H100 SXM', MINISTRAL_3B, 312],
  ['H100 SXM', QWEN35_4B, 234],
  ['RX 7900 XT', LLAMA32_1B, 375.97],
  ['RX 7900 XT', LLAMA32_3B, 200.39],
  ['RX 7900 XT', QWEN3_4B, 169.03],
  ['RX 7900 XT', GEMMA3_4B, 144.35],
  ['RX 7900 XT', MISTRAL_7B, 124.71],
  ['RX 7900 XT', QWEN25_7B, 117.97],
  ['RX 7900 XT', LLAMA3_8B_Q4, 114.33],
  ['RX 7900 XT', QWEN3_8B, 111.46],
  ['RX 7900 XT', QWEN3_14B, 67.26],
  ['RX 7900 XT', PHI4_14B, 66.04],
  ['RX 7900 XT', GEMMA3_12B, 64.9],
  ['RX 7900 XT', QWEN25_14B, 64.41],
  ['RX 7900 XT', MISTRAL_24B, 43.69],
  ['RX 7900 XT', GEMMA3_27B, 32.65],
  ['RX 7900 XT', QWEN3_32B, 31.58],
  ['RTX 2080', LLAMA32_1B, 304.27],
  ['RTX 2080', LLAMA32_3B, 140.33],
  ['RTX 2080', QWEN3_4B, 110.6],
  ['RTX 2080', MISTRAL_7B, 77.76],
  ['RTX 2080', QWEN25_7B, 76.96],
  ['RTX 2080', LLAMA3_8B_Q4, 71.87],
  ['RTX 2080', QWEN3_8B, 69.34],
  ['M4 Pro 48GB', LLAMA32_1B, 216.53],
  ['M4 Pro 48GB', LLAMA32_3B, 95.27],
  ['M4 Pro 48GB', GEMMA3_4B, 74.41],
  ['M4 Pro 48GB', MISTRAL_7B, 50.61],
  ['M4 Pro 48GB', QWEN25_7B, 49.62],
  ['M4 Pro 48GB', LLAMA3_8B_Q4, 47.25],
  ['M4 Pro 48GB', QWEN3_8B, 46.16],
  ['M4 Pro 48GB', QWEN3_14B, 26.64],
  ['M4 Pro 48GB', PHI4_14B, 25.81],
  ['M4 Pro 48GB', GEMMA3_27B, 13.24],
  ['M4 Pro 48GB', MISTRAL_24B, 16.54],
  ['M4 Pro 48GB', QWEN35_9B, 36.95],
  ['M4 Pro 48GB', QWEN35_4B, 55.56],
  ['M1 Max 32GB', LLAMA2_Q4, 48.7],
  ['GB10', QWEN35_4B, 61.21],
  ['GB10', QWEN35_9B, 35.22],
  ['GB10', QWEN36_27B, 11.28],
];

/** Decoding that nothing was fitted to, by where it was published. */
export const HELD_OUT_DECODE: Readonly<Record<string, readonly Row[]>> = {
  'XiongjieDai/GPU-Benchmarks-on-LLM-Inference, LLaMA 3, May 2024': [
    ['RTX 3070', LLAMA3_8B_Q4, 70.94],
    ['RTX 3080', LLAMA3_8B_Q4, 106.4],
    ['RTX 3080 Ti', LLAMA3_8B_Q4, 106.71],
    ['RTX 4070 Ti', LLAMA3_8B_Q4, 82.21],
    ['RTX 4080', LLAMA3_8B_Q4, 106.22],
    ['RTX 4080', LLAMA3_8B_F16, 40.29],
    ['RTX 4000 Ada', LLAMA3_8B_Q4, 58.59],
    ['RTX 4000 Ada', LLAMA3_8B_F16, 20.85],
    ['RTX 3090', LLAMA3_8B_Q4, 111.74],
    ['RTX 3090', LLAMA3_8B_F16, 46.51],
    ['RTX 4090', LLAMA3_8B_Q4, 127.74],
    ['RTX 4090', LLAMA3_8B_F16, 54.34],
    ['RTX 5000 Ada', LLAMA3_8B_Q4, 89.87],
    ['RTX 5000 Ada', LLAMA3_8B_F16, 32.67],
    ['RTX A6000', LLAMA3_8B_Q4, 102.22],
    ['RTX A6000', LLAMA3_8B_F16, 40.25],
    ['RTX A6000', LLAMA3_70B_Q4, 14.58],
    ['RTX 6000 Ada', LLAMA3_8B_Q4, 130.99],
    ['RTX 6000 Ada', LLAMA3_8B_F16, 51.97],
    ['RTX 6000 Ada', LLAMA3_70B_Q4, 18.36],
    ['A40', LLAMA3_8B_Q4, 88.95],
    ['A40', LLAMA3_8B_F16, 33.95],
    ['A40', LLAMA3_70B_Q4, 12.08],
    ['L40S', LLAMA3_8B_Q4, 113.6],
    ['L40S', LLAMA3_8B_F16, 43.42],
    ['L40S', LLAMA3_70B_Q4, 15.31],
    ['A100 80GB PCIe', LLAMA3_8B_Q4, 138.31],
    ['A100 80GB PCIe', LLAMA3_8B_F16, 54.56],
    ['A100 80GB PCIe', LLAMA3_70B_Q4, 22.11],
    ['A100 80GB SXM', LLAMA3_8B_Q4, 133.38],
    ['A100 80GB SXM', LLAMA3_8B_F16, 53.18],
    ['A100 80GB SXM', LLAMA3_70B_Q4, 24.33],
    ['H100 PCIe', LLAMA3_8B_Q4, 144.49],
    ['H100 PCIe', LLAMA3_8B_F16, 67.79],
    ['H100 PCIe', LLAMA3_70B_Q4, 25.01],
    ['M1 8GB', LLAMA3_8B_Q4, 9.72],
    ['M1 Max 64GB', LLAMA3_8B_Q4, 34.49],
    ['M1 Max 64GB', LLAMA3_8B_F16, 18.43],
    ['M1 Max 64GB', LLAMA3_70B_Q4, 4.09],
    ['M2 Ultra 192GB', LLAMA3_8B_Q4, 76.28],
    ['M2 Ultra 192GB', LLAMA3_8B_F16, 36.25],
    ['M2 Ultra 192GB', LLAMA3_70B_Q4, 12.13],
    ['M3 Max 64GB', LLAMA3_8B_Q4, 50.74],
    ['M3 Max 64GB', LLAMA3_8B_F16, 22.39],
    ['M3 Max 64GB', LLAMA3_70B_Q4, 7.53],
  ],
  // Other models and devices than above; Gemma 3 from calebcoffie.com/benchmarks, Qwen3 8B from CambrianTech/continuum #1627.
  'pavlokhmel.com, June 2026': [
    ['RTX 4080', MINISTRAL_3B, 210],
    ['RTX 4090', MINISTRAL_3B, 271],
    ['A100 40GB', MINISTRAL_3B, 184],
    ['A100 80GB SXM', MINISTRAL_3B, 211],
    ['H200', MINISTRAL_3B, 312],
    ['M5 32GB', MINISTRAL_3B, 50],
    ['RTX 4080', QWEN35_4B, 164],
    ['RTX 4090', QWEN35_4B, 206],
    ['A100 40GB', QWEN35_4B, 145],
    ['A100 80GB SXM', QWEN35_4B, 154],
    ['H200', QWEN35_4B, 241],
    ['M5 32GB', QWEN35_4B, 37],
    ['M1 16GB', QWEN35_4B, 16],
    ['M1 16GB', QWEN35_9B, 9],
    ['M5 32GB', QWEN36_27B, 7],
    ['M5 32GB', GEMMA4_31B, 6],
    ['V100 PCIe 32GB', QWEN35_9B, 85],
    ['V100 PCIe 32GB', QWEN36_27B, 31],
    ['V100 PCIe 32GB', GEMMA4_31B, 28],
    ['H200', QWEN35_9B, 197],
    ['H200', QWEN36_27B, 76],
    ['H200', GEMMA4_31B, 71],
    ['RTX 3090', GEMMA3_4B, 189],
    ['RTX 5090', QWEN3_8B, 221.7],
  ],
  'AlexsJones/llmfit, community data, July 2026': [
    ['RTX 5070', LLAMA32_1B, 465.98],
    ['RTX 5070', LLAMA32_3B, 204.79],
    ['RTX 5070', QWEN3_4B, 155.99],
    ['RTX 5070', GEMMA3_4B, 152.87],
    ['RTX 5070', MISTRAL_7B, 111.54],
    ['RTX 5070', QWEN25_7B, 110.96],
    ['RTX 5070', LLAMA3_8B_Q4, 105.32],
    ['RTX 5070', QWEN3_8B, 102.95],
    ['RTX 5070', QWEN3_14B, 59.01],
    ['RTX 5070', PHI4_14B, 58.44],
    ['RTX 5070', GEMMA3_12B, 63.22],
    ['RTX 5070', QWEN25_14B, 56.69],
  ],
  // ggml-org/llama.cpp #26284 and #19053, brand-o/normiebench #40 and #3, llmfit #1031, dmatora/LLM-inference-speed-benchmarks #12,
  // geerlingguy/ai-benchmarks (70B, GB10).
  'single reports of 2024 to 2026': [
    ['RX 7900 XTX', LLAMA3_8B_Q4, 105.75],
    ['RX 7900 XTX', LLAMA3_8B_Q5, 100.5],
    ['RTX 6000 Ada', LLAMA3_8B_Q4_0, 168.9],
    ['RTX 6000 Ada', LLAMA32_3B, 315],
    ['M1 Max 64GB', LLAMA3_8B_Q4, 46.2],
    ['M4 16GB', LLAMA3_8B_Q4, 20.87],
    ['M2 Pro 32GB', LLAMA3_8B_Q4, 33],
    ['M2 Pro 32GB', LLAMA3_8B_Q8, 22],
    ['RTX 3080', LLAMA3_8B_Q4, 111.95],
    ['M3 Ultra 512GB', LLAMA3_70B_Q4, 14.08],
    ['GB10', LLAMA3_70B_Q4, 4.71],
    ['GB10', LLAMA32_3B, 97.93],
  ],
};

/** Prefill that the constants were fitted to: XiongjieDai, May 2024, prompts of 1024 tokens, one or two cards per kind. */
export const FITTED_PREFILL: readonly Row[] = [
  ['RTX 3070', LLAMA3_8B_Q4, 2283.62],
  ['RTX 4070 Ti', LLAMA3_8B_Q4, 3653.07],
  ['RTX 3090', LLAMA3_8B_Q4, 3865.39],
  ['RTX 4090', LLAMA3_8B_Q4, 6898.71],
  ['RTX A6000', LLAMA3_8B_Q4, 3621.81],
  ['L40S', LLAMA3_8B_Q4, 5908.52],
  ['A100 80GB PCIe', LLAMA3_8B_Q4, 5800.48],
  ['H100 PCIe', LLAMA3_8B_Q4, 7760.16],
  ['M1 Max 64GB', LLAMA3_8B_Q4, 355.45],
];

/** The rest of that table, but for cards whose data sheets give no half-precision peak; and two single reports (see above). */
export const HELD_OUT_PREFILL: readonly Row[] = [
  ['RTX 3080', LLAMA3_8B_Q4, 3557.02],
  ['RTX 3080 Ti', LLAMA3_8B_Q4, 3556.67],
  ['RTX 4080', LLAMA3_8B_Q4, 5064.99],
  ['RTX 4080', LLAMA3_8B_F16, 6758.9],
  ['RTX 3090', LLAMA3_8B_F16, 4239.64],
  ['RTX 4090', LLAMA3_8B_F16, 9056.26],
  ['RTX A6000', LLAMA3_8B_F16, 4315.18],
  ['RTX A6000', LLAMA3_70B_Q4, 466.82],
  ['A40', LLAMA3_8B_Q4, 3240.95],
  ['A40', LLAMA3_8B_F16, 4043.05],
  ['A40', LLAMA3_70B_Q4, 239.92],
  ['L40S', LLAMA3_8B_F16, 2491.65],
  ['L40S', LLAMA3_70B_Q4, 649.08],
  ['A100 80GB PCIe', LLAMA3_8B_F16, 7504.24],
  ['A100 80GB PCIe', LLAMA3_70B_Q4, 726.65],
  ['A100 80GB SXM', LLAMA3_8B_Q4, 5863.92],
  ['A100 80GB SXM', LLAMA3_8B_F16, 681.47],
  ['A100 80GB SXM', LLAMA3_70B_Q4, 796.81],
  ['H100 PCIe', LLAMA3_8B_F16, 10342.6],
  ['H100 PCIe', LLAMA3_70B_Q4, 984.06],
  ['M1 8GB', LLAMA3_8B_Q4, 87.26],
  ['M1 Max 64GB', LLAMA3_8B_F16, 418.77],
  ['M1 Max 64GB', LLAMA3_70B_Q4, 33.01],
  ['RTX 3080', LLAMA3_8B_Q4, 3806.89],
  ['M1 Max 64GB', LLAMA3_8B_Q4, 499.58],
];
