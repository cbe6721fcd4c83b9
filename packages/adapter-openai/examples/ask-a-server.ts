import { OpenAiModelRuntime } from '@plimsoll/adapter-openai';

/** Asks the first model of a server and prints the answer as it comes, then how fast it came. */
export async function askAServer(baseUrl: string, print: (text: string) => void): Promise<void> {
  const runtime = new OpenAiModelRuntime({ baseUrl });
  try {
    const [variant] = await runtime.list();
    if (variant === undefined) return;
    print(`${variant.name} (${variant.level ?? 'level unknown'}):`);
    const input = { kind: 'prompt', prompt: 'Once upon a time there was', raw: true } as const;
    for await (const event of runtime.generate({ model: variant.name, input, maxTokens: 32 })) {
      if (event.type === 'text') print(event.text);
      if (event.type === 'done')
        print(`\n${event.timings.generatedTokens ?? 0} tokens, first after ${event.timings.firstTokenMs ?? 0} ms`);
    }
  } finally {
    await runtime.close();
  }
}
