import type { ChosenVariant } from '@plimsoll/application';
import { checkModelFile, checkRunsHere } from '@plimsoll/composition';
import { runDocument } from '@plimsoll/contract';
import { parseModelReference, type GenerateEvent } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { buildProgress } from '../../output/build-progress.js';
import { printableDocument, printablePath } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { RunFlags } from './run.flags.js';
import { renderChosenVariant, renderTimings } from './run.render.js';
import { readPrompt, runRequest } from './run.request.js';

type Done = Extract<GenerateEvent, { readonly type: 'done' }>;

/** `plimsoll run`. */
export async function run(
  context: CommandContext,
  model: string,
  prompt: string | undefined,
  flags: RunFlags,
): Promise<number> {
  const { output, signal } = context;
  await checkModelFile(model, signal);
  const request = await runRequest(model, await readPrompt(prompt, context.stdin), flags);
  return withBackend(context, flags, async (use) => {
    checkRunsHere(model, use.settings.backend);
    const useCase = await use.generation();
    const progress = buildProgress(output.progress());
    const isFile = parseModelReference(model).kind === 'file';
    let variant: ChosenVariant | null = null;
    let done: Done | null = null;
    let text = '';
    let thinking = '';
    try {
      const { make, strict, level } = flags;
      const options = { signal, make, strict, level, onProgress: progress.onProgress };
      for await (const event of useCase.generate(request, options)) {
        progress.stop();
        if (event.type === 'variant') {
          variant = event.chosen;
          // Who names a file and gets another must be told; a name stands for all its variants.
          const isOther = isFile && variant.variant !== model;
          if (variant.made !== null || isOther || flags.timings === true) {
            output.note(renderChosenVariant(printablePath(model), printableDocument(variant)));
          }
        } else if (event.type === 'done') {
          done = event;
        } else if (event.type === 'text' && event.thinking === true) {
          thinking += event.text;
        } else if (event.type === 'text') {
          text += event.text;
          output.piece(event.text);
        }
      }
    } finally {
      progress.stop();
      // The shell's prompt, or an error, belongs on a line of its own.
      if (text !== '' && !text.endsWith('\n')) output.piece('\n');
    }
    if (variant === null || done === null) return EXIT.failed;
    if (output.json) output.result(runDocument(model, variant, text, thinking, done), () => '');
    if (flags.timings === true) output.note(renderTimings(done.timings));
    return EXIT.done;
  });
}
