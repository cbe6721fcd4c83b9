import {
  ANALYSIS_EDGE,
  FACES_EDGE,
  SELECTION_PRESETS,
  contextHints,
  isPlimsollError,
  judge,
  measureFaces,
  measureTechnically,
  perceptualHash,
  scoreTechnically,
} from '@plimsoll/domain';
import type {
  CallOptions,
  FaceMeasure,
  FaceFinder,
  Judgement,
  VariantLevel,
  PhotoReader,
  PhotoSample,
  SelectionPreset,
  SelectionPresetName,
  TechnicalMetrics,
  TechnicalScores,
} from '@plimsoll/domain';
import { askedVariant } from './asked-variant.js';
import type { AskedVariant } from './asked-variant.js';
import { AskAboutPhoto } from './ask-about-photo.js';
import type { PhotoAnswer } from './ask-about-photo.js';
import { describePhoto } from './describe-photo.js';
import { inOrder } from './in-order.js';
import { isJudgedLower } from './is-judged-lower.js';
import type { PhotoEvaluation, PhotoOutcome } from './photo-evaluation.js';
import type { PhotoModel } from './photo-model.js';
import { resultKey } from './photo-results.js';
import type { PhotoResults } from './photo-results.js';
import { RATE_PHOTO_V2 } from './prompts/rate-photo.v2.js';

/** How photos are evaluated. */
export interface EvaluateOptions extends CallOptions {
  /** `general`, the founding weights, when absent. */
  readonly preset?: SelectionPresetName | undefined;
  /** The model to ask; null or absent: pixels alone decide. */
  readonly model?: string | null | undefined;
  /** A level that wins over the settings. */
  readonly level?: VariantLevel | undefined;
  /** The level that results are held against: what the settings ask for when a governor may choose less. */
  readonly askedLevel?: VariantLevel | null | undefined;
  /** Levels to go down to when memory runs out, best first. Levels above or equal to the one that failed are skipped. */
  readonly lowerLevels?: readonly VariantLevel[] | undefined;
  /** Whether the model is asked about photos, too, that the pixels alone reject; no when absent. */
  readonly askAboutRejects?: boolean | undefined;
  /** Whether a model that can see gets the picture; yes when absent. */
  readonly sendPicture?: boolean | undefined;
}

/** How many photos are evaluated. */
export interface EvaluateManyOptions extends EvaluateOptions {
  /** Photos at the same time; 2 when absent. */
  readonly parallel?: number | undefined;
  /** Where results are kept and looked up; every photo is evaluated when absent. */
  readonly results?: PhotoResults | undefined;
  /** Whether photos that a lower level than asked judged are judged again; no when absent. */
  readonly rejudge?: boolean | undefined;
}

/** Long edge of the JPEG that a model gets. */
const PICTURE_EDGE = 1024;
const PARALLEL = 2;

/** Evaluates photos: pixels and EXIF first, then the model's opinion where one is wanted. */
export class EvaluatePhotos {
  readonly #reader: PhotoReader;
  readonly #ask: AskAboutPhoto | null;
  readonly #model: PhotoModel | null;
  readonly #faces: FaceFinder | null;
  /** The level that memory allows, once it has been short. */
  #lowered: VariantLevel | null = null;

  /** `faces`: null looks for none. */
  constructor(reader: PhotoReader, model: PhotoModel | null, faces: FaceFinder | null = null) {
    this.#reader = reader;
    this.#faces = faces;
    this.#model = model;
    this.#ask = model === null ? null : new AskAboutPhoto(model);
  }

  /** @throws InvalidInputError about the photo; what the backend throws when the next photo would meet it as well */
  async evaluate(path: string, options: EvaluateOptions = {}): Promise<PhotoEvaluation> {
    const sample = await this.#reader.read(path, ANALYSIS_EDGE, options);
    const preset = SELECTION_PRESETS[options.preset ?? 'general'];
    const metrics = measureTechnically(sample.pixels);
    const scores = scoreTechnically(metrics);
    const faces = await this.#facesIn(sample, metrics.noiseSigma, options);
    const technical = judge({ metrics, scores, exif: sample.exif, faces, modelScore: null }, preset);
    const wantsModel = typeof options.model === 'string' && this.#ask !== null;
    const isWorthAsking = technical.recommendation !== 'reject' || options.askAboutRejects === true;
    const answer = wantsModel && isWorthAsking ? await this.#opinion(sample, scores, technical, options) : null;
    return evaluationOf({ sample, metrics, scores, faces, technical, answer, preset });
  }

  async #facesIn(
    { path, width, height }: PhotoSample,
    noise: number | null,
    options: CallOptions,
  ): Promise<FaceMeasure | null> {
    if (this.#faces === null) return null;
    const jpeg = await this.#reader.jpeg(path, FACES_EDGE, options);
    const longEdge = Math.max(width, height);
    // Scaling down by two averages four pixels, which halves white noise; a camera's falls by less.
    const growth = Math.min(FACES_EDGE, longEdge) / Math.min(ANALYSIS_EDGE, longEdge);
    return measureFaces(await this.#faces.find(jpeg, options), growth * (noise ?? 0));
  }

  /** Each photo's outcome, in the order of the paths; a photo that cannot be read is an outcome too. */
  async *evaluateAll(paths: Iterable<string>, options: EvaluateManyOptions = {}): AsyncGenerator<PhotoOutcome> {
    const asked = await this.#asked(options);
    const each = asked === null ? options : { ...options, askedLevel: options.level ?? asked.level };
    yield* inOrder(paths, options.parallel ?? PARALLEL, async (path): Promise<PhotoOutcome> => {
      try {
        return { path, evaluation: await this.#kept(path, asked?.key ?? null, each), error: null };
      } catch (error) {
        if (!isPlimsollError(error) || error.code !== 'invalid-input') throw error;
        return { path, evaluation: null, error: { code: error.code, message: error.message } };
      }
    });
  }

  async #asked({ model, level, signal }: EvaluateManyOptions): Promise<AskedVariant | null> {
    if (typeof model !== 'string' || this.#model === null) return null;
    return askedVariant(await this.#model.choose(model, level, { signal }));
  }

  /** The result that is kept, else a new one. A model's failure is kept by nobody: the next run asks again. */
  async #kept(path: string, variant: string | null, options: EvaluateManyOptions): Promise<PhotoEvaluation> {
    const { results, preset = 'general', askAboutRejects = false, sendPicture = true } = options;
    if (results === undefined) return this.evaluate(path, options);
    const photo = await this.#reader.digest(path, options);
    const promptVersion = variant === null ? null : RATE_PHOTO_V2.version;
    const key = resultKey({
      ...{ photo, variant, promptVersion, preset, askAboutRejects, sendPicture },
      faces: this.#faces !== null,
    });
    const known = await results.get(key);
    if (known !== null && !(options.rejudge === true && isJudgedLower(known))) return { ...known, path };
    const evaluation = await this.evaluate(path, options);
    if (evaluation.llmFailure === null && evaluation.digest === photo) await results.put(key, evaluation);
    return evaluation;
  }

  /** Asks at the level that memory allows, and goes down where it runs out. */
  async #opinion(
    sample: PhotoSample,
    scores: TechnicalScores,
    { reasons }: Judgement,
    options: EvaluateOptions,
  ): Promise<PhotoAnswer | null> {
    if (this.#ask === null || typeof options.model !== 'string') return null;
    const asked = options.level;
    const question = {
      model: options.model,
      facts: describePhoto(sample, scores, reasons),
      jpeg: () => this.#reader.jpeg(sample.path, PICTURE_EDGE, options),
      sendPicture: options.sendPicture ?? true,
    };
    for (;;) {
      const level = this.#lowered ?? asked;
      const askedLevel = options.askedLevel ?? asked ?? (this.#lowered === null ? undefined : null);
      try {
        return await this.#ask.ask({ ...question, level, askedLevel }, options);
      } catch (error) {
        if (!isPlimsollError(error) || error.code !== 'out-of-memory') throw error;
        const next = this.#nextLower(level, options.lowerLevels ?? []);
        if (next === null) throw error;
        this.#lowered = next;
      }
    }
  }

  #nextLower(level: VariantLevel | undefined, lower: readonly VariantLevel[]): VariantLevel | null {
    const place = level === undefined ? -1 : lower.indexOf(level);
    return lower[place + 1] ?? null;
  }
}

interface Judged {
  readonly sample: PhotoSample;
  readonly metrics: TechnicalMetrics;
  readonly scores: TechnicalScores;
  readonly faces: FaceMeasure | null;
  readonly technical: Judgement;
  readonly answer: PhotoAnswer | null;
  readonly preset: SelectionPreset;
}

function evaluationOf({ sample, metrics, scores, faces, technical, answer, preset }: Judged): PhotoEvaluation {
  const { exif } = sample;
  const opinion = answer?.evaluation ?? null;
  const evidence = { metrics, scores, exif, faces };
  const verdict = opinion === null ? technical : judge({ ...evidence, modelScore: opinion.llmScore }, preset);
  const hints = contextHints(exif);
  return {
    path: sample.path,
    digest: sample.digest,
    width: sample.width,
    height: sample.height,
    format: sample.format,
    overallScore: verdict.overallScore,
    recommendation: verdict.recommendation,
    reasons: verdict.reasons,
    quality: {
      focusScore: scores.focus,
      exposureScore: scores.exposure,
      compositionScore: scores.composition,
      noiseScore: scores.noise,
      facesDetected: faces?.count ?? null,
      eyesScore: faces?.eyesScore ?? null,
    },
    exif: {
      camera: exif.camera,
      settings: {
        iso: exif.iso,
        exposureSeconds: exif.exposureSeconds,
        aperture: exif.aperture,
        focalLengthMm: exif.focalLengthMm,
      },
      location: exif.location,
      datetime: exif.takenAtMs,
      contextHints: hints,
    },
    context: hints[0] ?? null,
    tags: [...new Set([...(opinion?.suggestedTags ?? []), ...hints])],
    metrics: {
      ...metrics,
      technicalScore: technical.technicalScore,
      perceptualHash: perceptualHash(sample.pixels).toString(16).padStart(16, '0'),
    },
    llmEvaluation: opinion,
    llmFailure: answer?.failure ?? null,
  };
}
