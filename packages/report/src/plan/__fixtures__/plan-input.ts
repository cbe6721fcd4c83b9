import { createFootprintModel, memoryBudget, profileOf } from '@plimsoll/domain';
import type { ModelHeader, PlanRequest } from '@plimsoll/domain';
import { SHAPES, transformerHeader } from '../../../../domain/src/model/__fixtures__/transformer-header.js';
import type { PlanPageInput } from '../plan-data.js';

export const GIB: number = 1024 ** 3;

/** Llama 3.1 8B on a machine with a GeForce RTX 4060 (8 GiB) and 32 GiB of its own. */
export function planInput(
  overrides: Partial<PlanRequest> = {},
  header: ModelHeader = transformerHeader(SHAPES.llama31With8B),
): PlanPageInput {
  const model = createFootprintModel(header);
  const { architecture } = model;
  const profile = profileOf('GeForce RTX 4060');
  const request: PlanRequest = {
    model: {
      name: 'Llama 3.1 8B Instruct',
      architecture: architecture.name,
      parameters: architecture.parameters,
      contextLength: architecture.contextTokens,
      source: '/home/ada/models/llama.gguf',
    },
    architecture,
    footprint: (level, shape) => model.footprint(level, shape),
    budget: memoryBudget({
      devices: [{ name: 'GeForce RTX 4060', memory: 'dedicated', totalBytes: 8 * GIB, freeBytes: 7.5 * GIB }],
      host: { totalBytes: 32 * GIB, freeBytes: 24 * GIB },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: {
      devices: [
        { bandwidthBytesPerSecond: profile?.bandwidthBytesPerSecond ?? null, fp16Tflops: profile?.fp16Tflops ?? null },
      ],
      host: { bandwidthBytesPerSecond: 60e9, fp16Tflops: null },
    },
    levels: ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_0', 'Q3_K_M', 'Q2_K'],
    cacheTypes: [{ keyCacheType: 'f16', valueCacheType: 'f16' }],
    goal: 'quality',
    contexts: [8192],
    ...overrides,
  };
  return { input: { header, companions: {}, recipes: new Map() }, request, marginFraction: 0.1 };
}
