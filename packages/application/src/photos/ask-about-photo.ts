import { BackendFailedError, RATING_WORDS, expectedRating, isPlimsollError } from '@plimsoll/domain';
import type { CallOptions, GenerateRequest, VariantLevel, TokenLogprob } from '@plimsoll/domain';
import type { ChosenVariant } from '../variants/chosen-variant.js';
import { PHOTO_LOAD, photoShape } from './asked-variant.js';
import { parseOpinion } from './model-opinion.js';
import type { LlmEvaluation, LlmFailure } from './photo-evaluation.js';
import type { PhotoModel } from './photo-model.js';
import { RATE_PHOTO_V2 } from './prompts/rate-photo.v2.js';

/** A photo as the model gets it. */
export interface PhotoQuestion {
  readonly model: string;
  /** Absent: as the settings say. */
  readonly level?: VariantLevel | undefined;
  /** The level that is wanted, whichever memory allows; that which answers when absent. */
  readonly askedLevel?: VariantLevel | null | undefined;
  readonly facts: readonly string[];
  /** Encodes the picture; only called when the model can see. */
  readonly jpeg: () => Promise<Uint8Array>;
  /** Whether the model's pictures are wanted; false sends facts alone. */
  readonly sendPicture: boolean;
}

/** The answer, or why there is none. */
export type PhotoAnswer =
  | { readonly evaluation: LlmEvaluation; readonly failure: null }
  | { readonly evaluation: null; readonly failure: LlmFailure };

const MOST_TOKENS = 512;
const SEED = 7;
const ALTERNATIVES = 20;
const ATTEMPTS = 2;

/** Errors that the next photo would meet as well: these end a run. */
const FATAL = [
  'backend-unreachable',
  'model-not-found',
  'variant-not-found',
  'cancelled',
  'invalid-config',
  'unsupported-level',
];

/**
 * Asks a model for its opinion on a photo: with the picture where the backend takes pictures and with the measured
 * facts in words where it does not. An answer that is not what was asked for is asked for once more with another seed;
 * it never becomes a score.
 * @throws whatever the next photo would meet as well, out of memory included
 */
export class AskAboutPhoto {
  readonly #model: PhotoModel;

  constructor(model: PhotoModel) {
    this.#model = model;
  }

  async ask(question: PhotoQuestion, options: CallOptions = {}): Promise<PhotoAnswer> {
    const { images, jsonSchema, topLogprobs } = await this.#model.capabilities();
    const sawPicture = images && question.sendPicture;
    const picture = sawPicture ? [toBase64(await question.jpeg())] : undefined;
    const request: GenerateRequest = {
      model: question.model,
      input: {
        kind: 'prompt',
        system: RATE_PHOTO_V2.system,
        prompt: RATE_PHOTO_V2.prompt({ facts: question.facts, seesPicture: sawPicture }),
        images: picture,
      },
      temperature: 0,
      maxTokens: MOST_TOKENS,
      think: false,
      ...(jsonSchema ? { format: RATE_PHOTO_V2.schema } : {}),
      ...(topLogprobs > 0 ? { topLogprobs: Math.min(topLogprobs, ALTERNATIVES) } : {}),
    };
    try {
      for (let invalidAnswers = 0; invalidAnswers < ATTEMPTS; invalidAnswers += 1) {
        const said = await this.#generate({ ...request, seed: SEED + invalidAnswers }, question.level, options);
        const opinion = parseOpinion(said.text);
        if (opinion === null) continue;
        const expected = said.alternatives === null ? null : expectedRating(said.alternatives);
        const evaluation: LlmEvaluation = {
          ...opinion,
          llmScore: expected ?? RATING_WORDS[opinion.rating],
          scoredBy: expected === null ? 'word' : 'probabilities',
          sawPicture,
          model: question.model,
          variant: said.chosen.variant,
          level: said.chosen.level,
          digest: said.chosen.digest,
          askedLevel: question.askedLevel === undefined ? said.chosen.level : question.askedLevel,
          point: photoShape(said.chosen),
          promptVersion: RATE_PHOTO_V2.version,
          invalidAnswers,
          totalMs: said.totalMs,
        };
        return { evaluation, failure: null };
      }
    } catch (error) {
      const code = isPlimsollError(error) ? error.code : 'backend-failed';
      if (FATAL.includes(code) || code === 'out-of-memory') throw error;
      const message = error instanceof Error ? error.message : String(error);
      return { evaluation: null, failure: { code, message, invalidAnswers: 0 } };
    }
    const message = `The model gave ${ATTEMPTS} answers that were not what was asked for.`;
    return { evaluation: null, failure: { code: 'invalid-answer', message, invalidAnswers: ATTEMPTS } };
  }

  async #generate(request: GenerateRequest, level: VariantLevel | undefined, { signal }: CallOptions): Promise<Said> {
    let text = '';
    let chosen: ChosenVariant | null = null;
    let alternatives: readonly TokenLogprob[] | null = null;
    for await (const event of this.#model.generate(request, { signal, level, make: true, load: PHOTO_LOAD })) {
      if (event.type === 'variant') chosen = event.chosen;
      if (event.type === 'text' && event.thinking !== true) {
        if (alternatives === null && event.topLogprobs !== undefined && beginsRating(text, event.text)) {
          alternatives = event.topLogprobs;
        }
        text += event.text;
      }
      if (event.type === 'done' && chosen !== null)
        return { text, chosen, alternatives, totalMs: event.timings.totalMs };
    }
    throw new BackendFailedError('The backend ended its answer without saying so.');
  }
}

interface Said {
  readonly text: string;
  readonly chosen: ChosenVariant;
  /** Of the token that begins the rating; null when the backend gives none. */
  readonly alternatives: readonly TokenLogprob[] | null;
  readonly totalMs: number;
}

/** Whether a piece of the answer holds the first letter of the rating. */
function beginsRating(before: string, piece: string): boolean {
  return /"rating"\s*:\s*"?\s*$/.test(before) && /[a-z]/i.test(piece);
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  const step = 0x8000;
  for (let start = 0; start < bytes.length; start += step) {
    binary += String.fromCharCode(...bytes.subarray(start, start + step));
  }
  return btoa(binary);
}
