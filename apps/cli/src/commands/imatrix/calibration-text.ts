import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@plimsoll/domain';

/** A calibration text and its name. */
export interface CalibrationText {
  readonly text: string;
  readonly dataset: string;
}

/** The files' texts one after the other, or the text that comes with Plimsoll. @throws InvalidInputError */
export async function calibrationText(files: readonly string[] = []): Promise<CalibrationText> {
  if (files.length === 0) {
    const { CALIBRATION_TEXT_NAME, calibrationTextPath } = await import('@plimsoll/sample-model');
    return { text: await readFile(calibrationTextPath(), 'utf8'), dataset: CALIBRATION_TEXT_NAME };
  }
  const texts = await Promise.all(files.map(readText));
  return { text: texts.join('\n'), dataset: files.map((file) => path.basename(file)).join(', ') };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw new InvalidInputError(`--text names ${file}, which ${why}.`, { cause });
  }
}
