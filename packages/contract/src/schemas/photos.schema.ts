import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';
import { bytesSchema, durationSchema, kvCacheSchema, levelSchema, shareSchema } from './parts.schema.js';

const scoreSchema = z.number().min(0).max(5);
const recommendationSchema = z.enum(['approve', 'review', 'reject']);
const errorSchema = z.strictObject({ code: z.string(), message: z.string() });

const photoSchema = z.strictObject({
  path: z.string(),
  /** Why the photo could not be read; null when it was. */
  error: errorSchema.nullable(),
  overallScore: z.number().min(1).max(5).nullable(),
  recommendation: recommendationSchema.nullable(),
  focusScore: scoreSchema.nullable(),
  exposureScore: scoreSchema.nullable(),
  compositionScore: scoreSchema.nullable(),
  noiseScore: scoreSchema.nullable(),
  /** Null: nobody looked for faces. */
  facesDetected: z.int().min(0).nullable(),
  /** How sharp the eyes of the largest face are; null when nobody looked or it cannot be told. */
  eyesScore: scoreSchema.nullable(),
  /** Kinds of reasons with their values. */
  reasons: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  tags: z.array(z.string()),
  takenAtMs: z.number().nullable(),
  camera: z.string().nullable(),
  /** The best photo of its burst; null when it belongs to none. */
  burst: z.strictObject({ number: z.int(), isBest: z.boolean() }).nullable(),
  llm: z
    .strictObject({
      score: z.number().min(1).max(5),
      scoredBy: z.enum(['probabilities', 'word']),
      sawPicture: z.boolean(),
      variant: z.string(),
      level: levelSchema.nullable(),
      askedLevel: levelSchema.nullable(),
      /** How the model was loaded, as far as that was chosen; null is the backend's choice. */
      point: z.strictObject({
        contextTokens: z.int().nullable(),
        parallel: z.int().nullable(),
        keyCacheType: kvCacheSchema.nullable(),
        valueCacheType: kvCacheSchema.nullable(),
        gpuLayers: z.int().nullable(),
      }),
      promptVersion: z.string(),
      reasoning: z.string(),
      strengths: z.array(z.string()),
      weaknesses: z.array(z.string()),
    })
    .nullable(),
  llmFailure: errorSchema.nullable(),
  sidecar: z.string().nullable(),
});

/** Shape of `PhotosDocument`. */
export const photosSchema = z.strictObject({
  schema: z.literal('plimsoll.photos/1'),
  preset: z.string(),
  model: z.string().nullable(),
  minScore: z.number(),
  photos: z.array(photoSchema),
  /** Photos of at least `minScore`. */
  passed: z.int().min(0),
  unreadable: z.int().min(0),
  invalidAnswers: z.int().min(0),
});

/** What `plimsoll photos evaluate` prints with `--json`. */
export type PhotosDocument = DocumentOf<typeof photosSchema>;
/** One photo of it. */
export type PhotoDocument = DocumentOf<typeof photoSchema>;

/** Shape of a line of `plimsoll photos watch` with `--json`. */
export const photoLineSchema = photoSchema.extend({ schema: z.literal('plimsoll.photo/1') });

const figureSchema = z.strictObject({
  value: z.number().nullable(),
  /** At 95 % confidence, by resampling photos. */
  low: z.number().nullable(),
  high: z.number().nullable(),
});
const agreementSchema = z.strictObject({
  photos: z.int().min(0),
  invalidShare: shareSchema.nullable(),
  spearman: figureSchema,
  kendallTauB: figureSchema,
  meanAbsoluteError: figureSchema,
  sameRecommendation: figureSchema,
  keepKappa: figureSchema,
  flips: z.array(z.strictObject({ id: z.string(), from: recommendationSchema, to: recommendationSchema })),
  sameBestOfBurst: shareSchema.nullable(),
});

/** Shape of `PhotosCompareDocument`. */
export const photosCompareSchema = z.strictObject({
  schema: z.literal('plimsoll.photos-compare/1'),
  model: z.string(),
  reference: z.string(),
  photos: z.int().min(0),
  levels: z.array(
    z.strictObject({
      level: z.string(),
      variant: z.string().nullable(),
      /** Name of the machine that measured it; null is the one that was asked. */
      machine: z.string().nullable(),
      error: errorSchema.nullable(),
      avgMs: durationSchema.nullable(),
      minMs: durationSchema.nullable(),
      maxMs: durationSchema.nullable(),
      successRate: shareSchema.nullable(),
      invalidAnswers: z.int().min(0),
      speedup: z.number().nullable(),
      residentBytes: bytesSchema.nullable(),
      agreement: agreementSchema.nullable(),
    }),
  ),
  repeatNoise: agreementSchema.nullable(),
  /** What each level said of each photo that could be read, in the order of the levels. Null: no valid answer. */
  judged: z.array(
    z.strictObject({
      path: z.string(),
      verdicts: z.array(
        z.strictObject({
          level: z.string(),
          score: z.number().min(1).max(5).nullable(),
          recommendation: recommendationSchema.nullable(),
        }),
      ),
    }),
  ),
  unreadable: z.array(z.strictObject({ path: z.string(), message: z.string() })),
});

/** What `plimsoll photos compare` prints with `--json`. */
export type PhotosCompareDocument = DocumentOf<typeof photosCompareSchema>;

/** Shape of `PhotosUndoDocument`. */
export const photosUndoSchema = z.strictObject({
  schema: z.literal('plimsoll.photos-undo/1'),
  /** The record that was undone; null when there was none. */
  journal: z.string().nullable(),
  undone: z.int().min(0),
  /** Sidecars that somebody edited since: these were left alone. */
  editedSince: z.array(z.string()),
  gone: z.int().min(0),
});

/** What `plimsoll photos undo` prints with `--json`. */
export type PhotosUndoDocument = DocumentOf<typeof photosUndoSchema>;

const countSchema = z.int().min(0);

/** Shape of `PhotosWorkersDocument`. */
export const photosWorkersSchema = z.strictObject({
  schema: z.literal('plimsoll.photos-workers/1'),
  lanes: z.array(
    z.strictObject({
      lane: z.string(),
      waiting: countSchema,
      active: countSchema,
      /** Failed before, and waiting to be tried again. */
      delayed: countSchema,
      dead: countSchema,
      paused: z.boolean(),
    }),
  ),
  /** What was given up, the last first. */
  dead: z.array(
    z.strictObject({
      lane: z.string(),
      path: z.string(),
      code: z.string(),
      message: z.string(),
      attempts: countSchema,
    }),
  ),
  /** Given up jobs that were just put back. */
  retried: countSchema,
});

/** What `plimsoll photos workers status` prints with `--json`. */
export type PhotosWorkersDocument = DocumentOf<typeof photosWorkersSchema>;
