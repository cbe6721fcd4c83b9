import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppVariantBuilder } from '@plimsoll/adapter-llamacpp';
import { OllamaApi, OllamaCatalog, OllamaRuntime, OllamaVariantBuilder } from '@plimsoll/adapter-ollama';

/** Makes a Q4_K_M variant of an F16 file for an Ollama server, asks it, and lists what there is of the model. */
export async function makeAndAsk(host: string, file: string, model: string, print: (text: string) => void) {
  const api = new OllamaApi({ host });
  const runtime = new OllamaRuntime(api);
  const builder = new OllamaVariantBuilder(api, {
    files: new FileModelInspector(),
    quantizer: async () => new LlamaCppVariantBuilder({ modelsFolder: '.' }),
  });
  try {
    const target = `${model}-q4_K_M`;
    await builder.build({ source: file, target, level: 'Q4_K_M' }, { onProgress: ({ phase }) => print(phase) });
    const input = { kind: 'prompt', prompt: 'Once upon a time there was', raw: true } as const;
    for await (const event of runtime.generate({ model: target, input, maxTokens: 8, temperature: 0 })) {
      if (event.type === 'text') print(event.text);
      if (event.type === 'done') print(`${event.timings.generatedTokens ?? 0} tokens`);
    }
    for (const variant of await new OllamaCatalog(api).variants(model)) {
      print(`${variant.name} ${variant.level ?? '?'} ${variant.sizeBytes ?? '?'} bytes`);
    }
  } finally {
    await builder.close();
    await runtime.close();
  }
}
