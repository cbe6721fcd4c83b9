import type { GenerateText } from '@plimsoll/application';

/** Asks a model by its base name; the settings decide which variant answers, and a missing one is made. */
export async function ask(generateText: GenerateText, model: string, prompt: string): Promise<string> {
  let answer = '';
  const request = { model, input: { kind: 'prompt', prompt }, maxTokens: 64 } as const;
  for await (const event of generateText.generate(request, { make: true })) {
    if (event.type === 'variant') answer += `[${event.chosen.variant}] `;
    if (event.type === 'text') answer += event.text;
  }
  return answer;
}
