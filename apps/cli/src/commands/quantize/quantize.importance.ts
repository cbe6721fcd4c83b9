import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { QuantizeRequest } from '@plimsoll/application';
import type { BackendUseCases } from '@plimsoll/composition';
import {
  CapabilityMissingError,
  InvalidInputError,
  LEVELS,
  isPlimsollError,
  profitsFromImportanceMatrix,
  type Level,
} from '@plimsoll/domain';
import { windowProgress } from '../../output/window-progress.js';
import type { CommandContext } from '../command-context.js';
import { calibrationText } from '../imatrix/calibration-text.js';

/** What `--imatrix` is about. */
export interface ImportanceChoice {
  readonly model: string;
  /** The model's file where that is known: the engine inside collects from it, whatever backend serves. */
  readonly file?: string;
  readonly level: Level;
  /** As the user wrote it. */
  readonly imatrix: string | undefined;
  /** Nothing is collected for a dry run of a level that can do without; what it would be is counted. */
  readonly dryRun: boolean;
}

/** What to quantize with: a matrix, or for a dry run what is known of one that is to be collected. */
export type MatrixUse = Pick<QuantizeRequest, 'importanceMatrix' | 'expectedMatrix'>;

/**
 * The importance matrix to quantize with: the file that was named, or one that is collected for the model where the
 * level profits; nothing for none. Where it cannot be collected and the level can do without, a warning says so.
 * @throws InvalidInputError, CapabilityMissingError
 */
export async function importanceMatrix(
  context: CommandContext,
  use: BackendUseCases,
  { model, file, level, imatrix = 'auto', dryRun }: ImportanceChoice,
): Promise<MatrixUse> {
  const { output, signal } = context;
  if (imatrix === 'none') return {};
  if (!use.backend.runsFiles && file === undefined) {
    if (imatrix === 'auto') return {};
    throw new CapabilityMissingError(`${use.backend.id} does not quantize with an importance matrix.`, {
      hint: 'Quantize a file with the engine inside: --backend embedded',
    });
  }
  if (imatrix !== 'auto') return { importanceMatrix: await checkedFile(imatrix) };
  const isNeeded = LEVELS[level].needsImportanceMatrix;
  if (!isNeeded && !profitsFromImportanceMatrix(level)) return {};
  const bar = output.progress('imatrix');
  try {
    const source = file ?? (await (await use.ensure()).source(model, { signal }));
    const collector = await use.importance();
    const request = { model: source, ...(await calibrationText()) };
    if (dryRun && !isNeeded) {
      const kept = await collector.keptAt(request);
      const there = await stat(kept).catch(() => null);
      if (there?.isFile() === true) return { importanceMatrix: kept };
      return { expectedMatrix: { file: path.basename(kept), dataset: request.dataset } };
    }
    return { importanceMatrix: (await collector.collect(request, { signal, onProgress: windowProgress(bar) })).path };
  } catch (error) {
    if (isNeeded || !isPlimsollError(error) || error.code === 'cancelled' || error.code === 'model-not-found') {
      throw error;
    }
    output.warn(`No importance matrix could be collected, so none is used: ${error.message}`);
    return {};
  } finally {
    bar.stop();
  }
}

async function checkedFile(file: string): Promise<string> {
  const there = await stat(file).catch(() => null);
  if (there?.isFile() === true) return path.resolve(file);
  throw new InvalidInputError(
    `--imatrix names ${file}, which ${there === null ? 'does not exist' : 'is not a regular file'}.`,
    { hint: 'Name a file that plimsoll imatrix or llama-imatrix wrote, or give auto or none.' },
  );
}
