import { fileURLToPath } from 'node:url';

const resource = (name: string): string => fileURLToPath(new URL(`../models/${name}`, import.meta.url));

/** What is fixed about the sample model; the card beside the file tells the rest. */
export interface SampleModelFacts {
  readonly name: string;
  readonly fileBytes: number;
  /** Hex digest of the file. */
  readonly sha256: string;
}

/** Facts of the sample model, from its card. */
export const SAMPLE_MODEL: SampleModelFacts = {
  name: 'fable-5m',
  fileBytes: 11_644_064,
  sha256: '651b9b1cd4475919c35b4ba27725b00a5c91e01b898ab08edc9a432db21ed357',
};

/** Path of the sample model: Fable 5M, F16, a GGUF file. */
export function sampleModelPath(): string {
  return resource('fable-5m-f16.gguf');
}

/** Name of the calibration text; a new text gets a new one. */
export const CALIBRATION_TEXT_NAME = 'plimsoll-calibration-1';

/**
 * Path of a calibration text for importance matrices, written for this project: prose, letters, dialogue, news, law,
 * medicine, recipes, verse, mathematics, program code, logs and documents, mostly in English. UTF-8.
 */
export function calibrationTextPath(): string {
  return resource('calibration.txt');
}

/** Path of a text that the sample model itself wrote, for quality measurements. UTF-8. */
export function sampleCorpusPath(): string {
  return resource('fable-corpus.txt');
}
