import { createPlimsoll } from '@plimsoll/sdk';
import type { PlimsollOptions } from '@plimsoll/sdk';

/** Answers, waits for the governor to go to 4 bits as config.json says, and answers again. */
export async function switchUnderPressure(
  options: PlimsollOptions,
  model: string,
  print: (line: string) => void,
): Promise<void> {
  const plimsoll = await createPlimsoll({ governor: { mode: 'active' }, ...options });
  const { gpu } = plimsoll;
  try {
    gpu.onPressure(({ domain, level }) => print(`${domain}: ${level} pressure`));
    const stepped = new Promise<void>((resolve) => {
      gpu.onDecision(({ decision }) => {
        print(`${decision.rule}: ${decision.direction}`);
        resolve();
      });
    });
    print((await plimsoll.generate(model, 'Once upon a time', { maxTokens: 8 })).variant);
    await stepped;
    print((await plimsoll.generate(model, 'Once upon a time', { maxTokens: 8 })).variant);
    const { memory } = await gpu.status();
    for (const { domain, freeBytes } of memory) print(`${domain}: ${freeBytes === null ? 'unknown' : 'read'}`);
  } finally {
    await plimsoll.close();
  }
}
