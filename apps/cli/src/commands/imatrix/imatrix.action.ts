import { stat } from 'node:fs/promises';
import path from 'node:path';
import { checkModelFile } from '@plimsoll/composition';
import type { ImatrixDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { formatCount, formatDuration } from '../../output/format.js';
import { shellWord } from '../../output/shell-word.js';
import { windowProgress } from '../../output/window-progress.js';
import { checkWritable } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import { calibrationText } from './calibration-text.js';
import type { ImatrixFlags } from './imatrix.flags.js';

/** `plimsoll imatrix`. */
export async function imatrix(context: CommandContext, model: string, flags: ImatrixFlags): Promise<number> {
  const { output, signal } = context;
  await checkModelFile(model, signal);
  const out = flags.out === undefined ? null : await checkedOut(flags.out, flags.force ?? false);
  const text = await calibrationText(flags.text);
  return withBackend(context, { ...flags, backend: 'embedded' }, async (use, plimsoll) => {
    const clock = await plimsoll.get(CLOCK);
    const startedAtMs = clock.monotonicMs();
    const collector = await use.importance();
    const bar = output.progress('imatrix');
    try {
      const { window: windowTokens, threads } = flags;
      const collected = await collector.collect(
        { model, ...text, windowTokens, threads },
        { signal, onProgress: windowProgress(bar) },
      );
      if (out !== null) await collector.copy(collected.path, out, { signal });
      bar.stop();
      const { tensors, windows, resumedWindows, datasets } = collected;
      const document: ImatrixDocument = {
        ...{ schema: 'plimsoll.imatrix/1', model, path: out ?? collected.path },
        ...{ tensors, windows, windowTokens: collected.windowTokens, resumedWindows, datasets },
        durationMs: clock.monotonicMs() - startedAtMs,
      };
      output.result(document, renderImatrix);
      return EXIT.done;
    } finally {
      bar.stop();
    }
  });
}

async function checkedOut(out: string, force: boolean): Promise<string> {
  const file = path.resolve(out);
  await checkWritable('--out', file);
  const there = await stat(file).catch(() => null);
  if (there !== null && !there.isFile()) {
    throw new InvalidInputError(`--out names ${file}, which is not a regular file.`, { hint: 'Name a file.' });
  }
  if (there !== null && !force) {
    throw new InvalidInputError(`--out names ${file}, which exists.`, {
      hint: 'Overwrite it with --force, or name another file.',
    });
  }
  return file;
}

/** What was collected, and what to do with it. */
function renderImatrix(document: ImatrixDocument): string {
  const { path: file, model, tensors, windows, windowTokens, resumedWindows, durationMs } = document;
  const before =
    resumedWindows === 0 ? '' : resumedWindows === windows ? '; it was there' : `; ${resumedWindows} were there`;
  return [
    `Importance matrix of ${formatCount(tensors)} tensors over ${formatCount(windows)} windows of ${formatCount(windowTokens)} tokens${before}, in ${formatDuration(durationMs)}:`,
    file,
    `Use it: plimsoll quantize ${shellWord(model)} --to IQ3_XXS --imatrix ${shellWord(file)}`,
  ].join('\n');
}
