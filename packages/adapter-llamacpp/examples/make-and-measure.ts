import { LlamaCppFootprintOracle, LlamaCppRuntime, LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';

/** Makes a smaller variant of a GGUF file, says what it takes to load, and lets it tell a tale. */
export async function makeAndMeasure(
  source: string,
  modelsFolder: string,
  print: (text: string) => void,
): Promise<void> {
  const builder = new LlamaCppVariantBuilder({ modelsFolder });
  const oracle = new LlamaCppFootprintOracle();
  const runtime = new LlamaCppRuntime({ modelsFolder });
  try {
    const { name, path, sizeBytes } = await builder.build({ source, target: 'tale-q4_k_m', level: 'Q4_K_M' });
    print(`${name}: ${sizeBytes ?? '?'} bytes`);
    const footprint = await oracle.measure(path ?? '', {
      contextTokens: 256,
      parallel: 1,
      microBatchTokens: 512,
      keyCacheType: 'f16',
      valueCacheType: 'f16',
      flashAttention: 'auto',
      placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
    });
    print(`${footprint.totalBytes} bytes when loaded`);
    const input = { kind: 'prompt', prompt: 'Once upon a time there was', raw: true } as const;
    for await (const event of runtime.generate({ model: name, input, maxTokens: 16, temperature: 0 })) {
      if (event.type === 'text') print(event.text);
    }
  } finally {
    await Promise.all([builder.close(), oracle.close(), runtime.close()]);
  }
}
