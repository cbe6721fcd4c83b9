import { createAiSelector } from '@plimsoll/sdk';

/** The best of some photos by a local model at 4 bits, and what it would cost to ask it at others. */
export async function selectPhotos(
  photos: readonly string[],
  llmModel: string,
  folder: string,
  print: (line: string) => void,
): Promise<void> {
  const selector = await createAiSelector({
    ...{ llmModel, enableQuantization: true, quantizationBits: 4 },
    settings: { backend: 'embedded', modelsFolder: folder, storeFile: `${folder}/measurements.db` },
  });
  try {
    const outcomes = await selector.evaluateBatch(photos);
    for (const { path, error } of outcomes) if (error !== null) print(`${path}: ${error.message}`);
    for (const { path, overallScore, recommendation, llmEvaluation } of selector.filterByQuality(outcomes, 3)) {
      print(`${path}: ${overallScore.toFixed(1)}, ${recommendation}, judged at ${llmEvaluation?.level ?? 'no level'}`);
    }
    for (const { variant, total, meanMs } of await selector.getPerformanceStats()) {
      print(`${variant}: asked ${total} times, ${meanMs?.toFixed(0) ?? '?'} ms on average`);
    }
    await selector.setQuantization(true, 8);
    print(`From now on at ${(await selector.getQuantizationSettings()).bits} bits`);
    const [first] = photos;
    if (first === undefined) return;
    const { levels } = await selector.compareQuantizationPerformance(first, 1);
    for (const { level, avgMs, successRate, speedup } of levels) {
      print(
        `${level}: ${avgMs?.toFixed(0) ?? '?'} ms, success rate ${successRate ?? '?'}, ${speedup?.toFixed(2) ?? '?'} ×`,
      );
    }
  } finally {
    await selector.close();
  }
}
