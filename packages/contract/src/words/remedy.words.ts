import type { PlimsollError, Remedy } from '@plimsoll/domain';
import { wordsOf } from './words-by-kind.js';
import type { WordsByKind } from './words-by-kind.js';

/** How a front end words a remedy: as a sentence, or empty when it has nothing to offer. */
export type RemedyWords = (remedy: Remedy) => string;

const WORDS: WordsByKind<Remedy> = {
  'make-variant': ({ model, level, how }) =>
    how === 'embedded-engine'
      ? `The embedded engine can make it: quantize ${model} to ${level} there.`
      : how === 'file-elsewhere'
        ? `Quantize ${model} to ${level} into a file elsewhere, and run that.`
        : `Make it: quantize ${model} to ${level}.`,
  'make-variants': ({ model, levels }) => `Have them made, or quantize ${model} to ${levels.join(' and ')} first.`,
  'turn-quantization-off': () => 'Or turn quantization off in the settings.',
  'list-models': () => 'The list of models says what there is.',
  'inspect-model': ({ model }) => `Inspect ${model} to see what it is made of.`,
  'govern-memory': () => 'Serve with the governor on, over a backend whose models are ours to move.',
  'list-devices': () => 'The list of devices says what there is.',
  'watch-devices': () => 'Watch the readings of the devices.',
  'plan-model': () => 'A plan finds a level and a context that fit.',
  'compare-levels': ({ model }) => `Compare levels of ${model}.`,
  'see-statistics': ({ model }) => `See the statistics of ${model}.`,
  'propose-settings': () => 'Then ask for proposed settings.',
  'add-engine-build': ({ build }) => `Add the ${build} build of the engine.`,
  'change-setting': ({ path, value }) => `Set ${path}, for example to ${value}.`,
  'use-backend': ({ backend }) => `Or use the backend ${backend}.`,
  // The names differ from API to API; the hint says what is meant.
  'use-options': () => '',
  'leave-out': ({ option }) => `Leave out ${option}.`,
};

/** A remedy in words that fit any front end. */
export const remedyWords: RemedyWords = (remedy) => wordsOf(WORDS, remedy);

/** The way out of a failure: its advice, then the remedies in the front end's words; null when there is none. */
export function wayOut(
  { hint, remedies }: Pick<PlimsollError, 'hint' | 'remedies'>,
  words: RemedyWords = remedyWords,
): string | null {
  const sentences = [hint ?? '', ...remedies.map(words)].filter((sentence) => sentence !== '');
  return sentences.length === 0 ? null : sentences.join(' ');
}
