import { OllamaApi, OllamaCatalog, OllamaRuntime, OllamaVariantBuilder } from '@plimsoll/adapter-ollama';

/** Has an Ollama server make a smaller variant of a model, asks it, and lists what there is now. */
export async function makeAndAsk(host: string, model: string, print: (text: string) => void): Promise<void> {
  const api = new OllamaApi({ host });
  const runtime = new OllamaRuntime(api);
  try {
    const target = `${model.replace(/-fp16$/, '')}-q4_K_M`;
    await new OllamaVariantBuilder(api).build(
      { source: model, target, level: 'Q4_K_M' },
      { onProgress: ({ phase }) => print(phase) },
    );
    const input = { kind: 'prompt', prompt: 'Once upon a time there was', raw: true } as const;
    for await (const event of runtime.generate({ model: target, input, maxTokens: 8, temperature: 0 })) {
      if (event.type === 'text') print(event.text);
      if (event.type === 'done') print(`${event.timings.generatedTokens ?? 0} tokens`);
    }
    for (const variant of await new OllamaCatalog(api).variants(model)) {
      print(`${variant.name} ${variant.level ?? '?'} ${variant.sizeBytes ?? '?'} bytes`);
    }
  } finally {
    await runtime.close();
  }
}
