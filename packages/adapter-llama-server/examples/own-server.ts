import { LlamaServerRuntime, findProgram } from '@plimsoll/adapter-llama-server';
import { OpenAiModelRuntime } from '@plimsoll/adapter-openai';

/** Lets the llama-server of this machine continue a text, with a quantized cache and two answers at once. */
export async function continueWith(model: string, text: string, modelsFolder: string): Promise<string> {
  const runtime = new LlamaServerRuntime({
    modelsFolder,
    program: findProgram(),
    connect: (address) => new OpenAiModelRuntime(address),
  });
  try {
    const load = { contextTokens: 512, parallel: 2, keyCacheType: 'q8_0', valueCacheType: 'q8_0' } as const;
    const input = { kind: 'prompt', prompt: text, raw: true } as const;
    let said = '';
    for await (const event of runtime.generate({ model, input, maxTokens: 8, load })) {
      if (event.type === 'text') said += event.text;
    }
    return said;
  } finally {
    await runtime.close();
  }
}
