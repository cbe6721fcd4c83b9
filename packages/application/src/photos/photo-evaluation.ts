import type {
  ContextHint,
  VariantLevel,
  PartialShape,
  PhotoExif,
  PhotoRecommendation,
  SelectionReason,
  TechnicalMetrics,
} from '@plimsoll/domain';
import type { ModelOpinion } from './model-opinion.js';

/** What the model said, and which variant of it, asked how. */
export interface LlmEvaluation extends Omit<ModelOpinion, 'rating'> {
  /** 1 to 5. */
  readonly llmScore: number;
  /** Whether the score is the mean over the ratings' probabilities, or just the word that was written. */
  readonly scoredBy: 'probabilities' | 'word';
  readonly rating: ModelOpinion['rating'];
  /** False: the model was given the measured facts in words. */
  readonly sawPicture: boolean;
  readonly model: string;
  readonly variant: string;
  /** The level that judged; null when the backend does not say. */
  readonly level: VariantLevel | null;
  readonly digest: string | null;
  /** The level that was asked for; another one judged when memory was short. */
  readonly askedLevel: VariantLevel | null;
  /** How it was loaded, as far as that was chosen: with the level, the operating point that judged. */
  readonly point: PartialShape;
  readonly promptVersion: string;
  /** Answers that were not what was asked for before this one. */
  readonly invalidAnswers: number;
  readonly totalMs: number;
}

/** Why there is no opinion although one was asked for. */
export interface LlmFailure {
  readonly code: 'invalid-answer' | (string & {});
  readonly message: string;
  readonly invalidAnswers: number;
}

/** One photo, evaluated: the founding result, with reasons. Scores are 0 to 5, the overall one 1 to 5. */
export interface PhotoEvaluation {
  readonly path: string;
  /** `sha256:…` of the file. */
  readonly digest: string;
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly overallScore: number;
  readonly recommendation: PhotoRecommendation;
  readonly reasons: readonly SelectionReason[];
  readonly quality: {
    /** Null: too little structure to tell. */
    readonly focusScore: number | null;
    readonly exposureScore: number;
    readonly compositionScore: number;
    readonly noiseScore: number | null;
    /** Null: faces were not looked for. */
    readonly facesDetected: number | null;
    /** How sharp the eyes of the largest face are. Null: not looked for, or not to be told. */
    readonly eyesScore: number | null;
  };
  readonly exif: {
    readonly camera: string | null;
    readonly settings: Pick<PhotoExif, 'iso' | 'exposureSeconds' | 'aperture' | 'focalLengthMm'>;
    readonly location: PhotoExif['location'];
    /** Milliseconds since 1970. */
    readonly datetime: number | null;
    readonly contextHints: readonly ContextHint[];
  };
  /** The first of the hints; null without any. */
  readonly context: ContextHint | null;
  readonly tags: readonly string[];
  readonly metrics: TechnicalMetrics & {
    readonly technicalScore: number;
    /** 64 bits in hexadecimal. */
    readonly perceptualHash: string;
  };
  /** Null when no model was asked, or when it gave no valid answer. */
  readonly llmEvaluation: LlmEvaluation | null;
  /** Null when no model was asked, or when it answered. */
  readonly llmFailure: LlmFailure | null;
}

/** What came of one photo of many. */
export type PhotoOutcome =
  | { readonly path: string; readonly evaluation: PhotoEvaluation; readonly error: null }
  | {
      readonly path: string;
      readonly evaluation: null;
      readonly error: { readonly code: string; readonly message: string };
    };
