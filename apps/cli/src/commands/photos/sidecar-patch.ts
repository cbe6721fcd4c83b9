import type { PhotoEvaluation } from '@plimsoll/application';
import type { PhotoRecommendation, SidecarPatch, SidecarStyle } from '@plimsoll/domain';

const LABELS: Readonly<Record<PhotoRecommendation, string>> = { approve: 'Green', review: 'Yellow', reject: 'Red' };

/** Stars, the colour of the recommendation, and the model's tags. A reject is −1 where that is understood. */
export function sidecarPatch(evaluation: PhotoEvaluation, style: SidecarStyle): SidecarPatch {
  const { overallScore, recommendation, tags } = evaluation;
  const rating = style === 'darktable' && recommendation === 'reject' ? -1 : Math.round(overallScore);
  return { rating, label: LABELS[recommendation], keywords: tags };
}
