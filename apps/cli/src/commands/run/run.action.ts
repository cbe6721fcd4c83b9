import type { ChosenVariant } from '@plimsoll/application';
import { checkModelFile, checkRunsHere, type BackendUseCases } from '@plimsoll/composition';
import { runDocument } from '@plimsoll/contract';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { buildProgress } from '../../output/build-progress.js';
import { printableDocument, printablePath } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { RunFlags } from './run.flags.js';
import { askAt } from '../agreement.js';
import { isWorthSaying, levelOf, pointToRun } from './run.point.js';
import { renderChosenVariant, renderTimings } from './run.render.js';
import { readPrompt, runRequest } from './run.request.js';

type Done = Extract<GenerateEvent, { readonly type: 'done' }>;

/** `plimsoll run`: one answer, or a chat where a person sits at a terminal and gave no prompt. */
export async function run(
  context: CommandContext,
  model: string,
  prompt: string | undefined,
  flags: RunFlags,
): Promise<number> {
  const { terminal, output } = context;
  await checkModelFile(model, context.signal);
  const talks = prompt === undefined && terminal !== null && !output.json && flags.raw !== true;
  const request = talks ? null : await runRequest(model, await readPrompt(prompt, context.stdin), flags);
  return withBackend(context, flags, async (use) => {
    checkRunsHere(model, use.settings.backend);
    if (request === null && terminal !== null) {
      return (await import('./chat/chat.action.js')).chat({ ...context, terminal }, use, model, flags);
    }
    return request === null ? EXIT.failed : answer(context, use, request, flags);
  });
}

async function answer(
  context: CommandContext,
  use: BackendUseCases,
  request: GenerateRequest,
  flags: RunFlags,
): Promise<number> {
  const { output, signal, terminal } = context;
  const { model } = request;
  const ask = terminal === null ? null : askAt(terminal, signal);
  const point = await pointToRun(context, use, model, flags, ask);
  const useCase = await use.generation();
  const progress = buildProgress(output.progress());
  let variant: ChosenVariant | null = null;
  let done: Done | null = null;
  let text = '';
  let thinking = '';
  try {
    const { make, strict, level } = flags;
    const options = { signal, make, strict, ...levelOf(point, level), onProgress: progress.onProgress };
    for await (const event of useCase.generate(request, options)) {
      progress.stop();
      if (event.type === 'variant') {
        variant = event.chosen;
        if (isWorthSaying(model, variant, point) || flags.timings === true) {
          output.note(renderChosenVariant(printablePath(model), printableDocument(variant), point));
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
}
