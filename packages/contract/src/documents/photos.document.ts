import type { PhotoLevelComparison, PhotoOutcome } from '@plimsoll/application';
import type { AgreementFigure, Burst, LevelAgreement, PartialShape } from '@plimsoll/domain';
import type { PhotoDocument, PhotosCompareDocument } from '../schemas/photos.schema.js';

/** One photo's outcome, with its burst and the sidecar that was written. */
export function photoDocument(
  { path, evaluation, error }: PhotoOutcome,
  bursts: readonly Burst[],
  sidecar: string | null,
): PhotoDocument {
  const number = bursts.findIndex(({ ids }) => ids.includes(path));
  const llm = evaluation?.llmEvaluation ?? null;
  const failure = evaluation?.llmFailure ?? null;
  return {
    path,
    error,
    overallScore: evaluation?.overallScore ?? null,
    recommendation: evaluation?.recommendation ?? null,
    focusScore: evaluation?.quality.focusScore ?? null,
    exposureScore: evaluation?.quality.exposureScore ?? null,
    compositionScore: evaluation?.quality.compositionScore ?? null,
    noiseScore: evaluation?.quality.noiseScore ?? null,
    facesDetected: evaluation?.quality.facesDetected ?? null,
    eyesScore: evaluation?.quality.eyesScore ?? null,
    reasons: evaluation?.reasons.map((reason) => ({ ...reason })) ?? [],
    tags: evaluation?.tags ?? [],
    takenAtMs: evaluation?.exif.datetime ?? null,
    camera: evaluation?.exif.camera ?? null,
    burst: number === -1 ? null : { number: number + 1, isBest: bursts[number]?.best === path },
    llm:
      llm === null
        ? null
        : {
            score: llm.llmScore,
            scoredBy: llm.scoredBy,
            sawPicture: llm.sawPicture,
            variant: llm.variant,
            level: llm.level,
            askedLevel: llm.askedLevel,
            point: pointDocument(llm.point),
            promptVersion: llm.promptVersion,
            reasoning: llm.reasoning,
            strengths: llm.strengths,
            weaknesses: llm.weaknesses,
          },
    llmFailure: failure === null ? null : { code: failure.code, message: failure.message },
    sidecar,
  };
}

function pointDocument(shape: PartialShape): NonNullable<PhotoDocument['llm']>['point'] {
  const { contextTokens = null, parallel = null, keyCacheType = null, valueCacheType = null, placement } = shape;
  return { contextTokens, parallel, keyCacheType, valueCacheType, gpuLayers: placement?.gpuLayers ?? null };
}

/** The JSON document of a comparison of levels on photos. */
export function photosCompareDocument(comparison: PhotoLevelComparison, photos: number): PhotosCompareDocument {
  const { model, reference, levels, repeatNoise, unreadable } = comparison;
  return {
    ...{ schema: 'plimsoll.photos-compare/1', model, reference, photos },
    levels: levels.map((level) => ({
      level: level.level,
      variant: level.variant,
      machine: level.machine,
      error: level.error,
      avgMs: level.avgMs,
      minMs: level.minMs,
      maxMs: level.maxMs,
      successRate: level.successRate,
      invalidAnswers: level.invalidAnswers,
      speedup: level.speedup,
      residentBytes: level.residentBytes,
      agreement: level.agreement === null ? null : agreementDocument(level.agreement),
    })),
    repeatNoise: repeatNoise === null ? null : agreementDocument(repeatNoise),
    judged: judgedPhotos(levels),
    unreadable: unreadable.map(({ path, message }) => ({ path, message })),
  };
}

/** Photos that the reference could read, with what each level that could be asked said of them. */
function judgedPhotos(levels: PhotoLevelComparison['levels']): PhotosCompareDocument['judged'] {
  const asked = levels.filter(({ evaluations }) => evaluations.length > 0);
  return (asked[0]?.evaluations ?? []).flatMap((first, index) => {
    if (first === null) return [];
    const verdicts = asked.map(({ level, evaluations }) => {
      const evaluation = evaluations[index] ?? null;
      // Without an opinion the score is that of the pixels, which no level has a part in.
      const isValid = evaluation?.llmEvaluation != null;
      return {
        level,
        score: isValid ? evaluation.overallScore : null,
        recommendation: isValid ? evaluation.recommendation : null,
      };
    });
    return [{ path: first.path, verdicts }];
  });
}

function agreementDocument(agreement: LevelAgreement): NonNullable<PhotosCompareDocument['repeatNoise']> {
  const figure = ({ value, interval }: AgreementFigure) => ({
    ...{ value, low: interval?.low ?? null, high: interval?.high ?? null },
  });
  return {
    photos: agreement.photos,
    invalidShare: agreement.invalidShare,
    spearman: figure(agreement.spearman),
    kendallTauB: figure(agreement.kendallTauB),
    meanAbsoluteError: figure(agreement.meanAbsoluteError),
    sameRecommendation: figure(agreement.sameRecommendation),
    keepKappa: figure(agreement.keepKappa),
    flips: agreement.flips.map(({ id, from, to }) => ({ id, from, to })),
    sameBestOfBurst: agreement.sameBestOfBurst,
  };
}
