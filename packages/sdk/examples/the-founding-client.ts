import { createPlimsoll } from '@plimsoll/sdk';

/** Asks a model at 4 bits, then at 8, and tells what was recorded. */
export async function askTwice(model: string, folder: string, print: (line: string) => void): Promise<void> {
  const plimsoll = await createPlimsoll({
    settings: { backend: 'embedded', modelsFolder: folder, storeFile: `${folder}/measurements.db` },
  });
  try {
    for (const bits of [4, 8]) {
      await plimsoll.setQuantization(true, bits);
      const { text, variant } = await plimsoll.generate(model, 'Once upon a time', { maxTokens: 16, temperature: 0 });
      print(`${variant}: ${text.trim()}`);
    }
    for (const { variant, total, successRate } of await plimsoll.getPerformanceStats(model)) {
      print(`${variant}: ${total} call, success rate ${successRate ?? 'unknown'}`);
    }
  } finally {
    await plimsoll.close();
  }
}
