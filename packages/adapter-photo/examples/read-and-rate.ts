import { XmpSidecarWriter, createPhotoReader } from '@plimsoll/adapter-photo';
import { ANALYSIS_EDGE, SELECTION_PRESETS, judge, measureTechnically, scoreTechnically } from '@plimsoll/domain';

/** Rates one photo by its pixels and writes the stars beside it. */
export async function readAndRate(file: string): Promise<string> {
  const reader = createPhotoReader();
  try {
    const { pixels, exif } = await reader.read(file, ANALYSIS_EDGE);
    const metrics = measureTechnically(pixels);
    const scores = scoreTechnically(metrics);
    const { overallScore, recommendation } = judge(
      { metrics, scores, exif, modelScore: null },
      SELECTION_PRESETS.general,
    );
    const sidecars = new XmpSidecarWriter();
    const change = await sidecars.prepare(file, 'lightroom', { rating: Math.round(overallScore) });
    if (change !== null) await sidecars.apply(change);
    return `${recommendation}, ${overallScore.toFixed(1)}`;
  } finally {
    await reader.close();
  }
}
