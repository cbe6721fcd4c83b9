import type { Plimsoll } from '@plimsoll/sdk';

/** Full, 8 and 4 bits side by side: mean time, speedup and how often they agree on the next word. */
export async function compareLevels(plimsoll: Plimsoll, model: string, text: string): Promise<readonly string[]> {
  const { levels } = await plimsoll.compareQuantization(model, { iterations: 2, maxTokens: 16, text });
  return levels.map(
    ({ level, runs, quality }) =>
      `${level}: ${runs.meanMs?.toFixed(0) ?? '?'} ms, ${runs.speedup?.toFixed(2) ?? '?'} ×, ` +
      `agreement ${quality === null ? 'not measured' : `${(quality.sameTopToken * 100).toFixed(1)} %`}`,
  );
}
