/**
 * Scratch memory of a projector in MiB, to a hundredth. Source: llama.cpp v0.5.0, llama-server on the processor, its
 * worst-case estimate for generated projectors of these shapes, less the weights.
 */
export const PROJECTOR_ANSWERS: readonly (readonly [
  kind: string,
  imageSize: number,
  patchSize: number,
  width: number,
  feedForward: number,
  heads: number,
  flashAttention: 'on' | 'off',
  mebibytes: number,
])[] = [
  ['gemma3', 896, 14, 1152, 4304, 16, 'on', 121.25],
  ['gemma3', 896, 14, 1152, 4304, 16, 'off', 1132.0],
  ['gemma3', 224, 14, 256, 512, 4, 'on', 1.38],
  ['gemma3', 224, 14, 256, 512, 4, 'off', 2.5],
  ['gemma3', 448, 14, 512, 512, 8, 'on', 10.0],
  ['gemma3', 448, 14, 512, 512, 8, 'off', 44.0],
  ['idefics3', 512, 16, 768, 3072, 12, 'on', 21.0],
  ['idefics3', 512, 16, 768, 3072, 12, 'off', 60.0],
  ['idefics3', 364, 14, 1152, 4304, 16, 'on', 20.01],
  ['idefics3', 364, 14, 1152, 4304, 16, 'off', 39.77],
  ['qwen2vl_merger', 560, 14, 1280, 5120, 16, 'on', 267.08],
  ['qwen2vl_merger', 560, 14, 1280, 5120, 16, 'off', 4598.27],
  ['qwen2vl_merger', 560, 14, 320, 640, 4, 'on', 60.44],
  ['qwen2vl_merger', 560, 14, 320, 640, 4, 'off', 1153.57],
  ['qwen2.5vl_merger', 560, 14, 1280, 3420, 16, 'on', 594.37],
  ['qwen2.5vl_merger', 560, 14, 1280, 3420, 16, 'off', 4871.57],
  ['qwen2.5vl_merger', 560, 14, 320, 640, 4, 'on', 460.05],
  ['qwen2.5vl_merger', 560, 14, 320, 640, 4, 'off', 1426.87],
];
