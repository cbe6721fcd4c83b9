import { SAMPLE_MODEL, sampleModelPath } from '@plimsoll/sample-model';

/** Prints where the sample model lies: a GGUF file, F16. */
export function whereItLies(print: (text: string) => void): void {
  print(`${SAMPLE_MODEL.name}, ${SAMPLE_MODEL.fileBytes} bytes: ${sampleModelPath()}`);
}
