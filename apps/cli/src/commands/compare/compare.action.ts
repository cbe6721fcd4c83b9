import { FEWEST_ROUNDS_TO_SHOW, verdictOn, type CompareRequest, type NotMeasured } from '@plimsoll/application';
import { checkModelFile, checkRunsHere, type BackendUseCases } from '@plimsoll/composition';
import { compareDocument, notMeasuredWords } from '@plimsoll/contract';
import { InvalidInputError, isFullPrecision, levelRank, type VariantLevel } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { Output } from '../../output/output.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { CompareFlags } from './compare.flags.js';
import { renderComparison } from './compare.render.js';
import { compareTasks } from './compare.tasks.js';
import { compareText } from './compare.text.js';

/** Timed runs per level (the fewest that can tell levels apart), tokens per run and window, unless flags say otherwise. */
const ITERATIONS = FEWEST_ROUNDS_TO_SHOW;
const MAX_TOKENS = 64;
const WINDOW_TOKENS = 256;
const PROMPT = 'Tell me, step by step, how a ship is loaded so that it stays safe in every sea.';

/** Full, 8 and 4 bits: the founding three. */
const DEFAULT_LEVELS: readonly VariantLevel[] = ['F16', 'Q8_0', 'Q4_K_M'];

/** `plimsoll compare`. */
export async function compare(context: CommandContext, model: string, flags: CompareFlags): Promise<number> {
  const { output, signal } = context;
  if (flags.report !== undefined) await checkWritable('--report', flags.report);
  checkSpeedFlags(flags);
  await checkModelFile(model, signal);
  const { tasks, grader, prompts } = await compareTasks(context, flags);
  return withBackend(context, flags, async (use) => {
    checkRunsHere(model, use.settings.backend);
    const levels = flags.levels ?? (await defaultLevels(use, model, signal));
    const reference = flags.reference ?? bestOf(levels);
    const make = flags.make === true;
    const windowTokens = flags.window ?? WINDOW_TOKENS;
    const bar = output.progress(model);
    try {
      const writeText = async (): Promise<string> =>
        compareText(context, use, { model, reference, make, file: flags.text, prompts, windowTokens }, (share) =>
          bar.update('writing a text to measure on', share),
        );
      const request: CompareRequest = {
        model,
        levels,
        reference,
        kvCaches: flags.kv ?? [],
        iterations: flags.iterations ?? ITERATIONS,
        depths: flags.depths,
        concurrency: flags.concurrency,
        prompt: flags.prompt ?? PROMPT,
        maxTokens: flags.maxTokens ?? MAX_TOKENS,
        text: flags.quality ? writeText : null,
        windowTokens,
        make,
        tasks,
      };
      const measured = await (
        await use.comparison({ model, grader })
      ).compare(request, {
        signal,
        onProgress: ({ phase, detail, fraction }) => bar.update(`${phase} ${detail}`, fraction),
        onResumed: (kept, of) =>
          output.note(`Going on with a comparison that was interrupted: ${kept} of ${of} measurements are kept.`),
        onNotMeasured: (one) => tellNotMeasured(output, withPrompts([one], prompts)),
      });
      const comparison = { ...measured, notMeasured: withPrompts(measured.notMeasured ?? [], prompts) };
      bar.stop();
      const threshold = use.settings.qualityThreshold ?? undefined;
      if (flags.report !== undefined) {
        const { comparisonReport } = await import('@plimsoll/report');
        await writeWhole(flags.report, comparisonReport(comparison, threshold));
      }
      const document = compareDocument(
        comparison,
        verdictOn(comparison, threshold),
        flags.report ?? null,
        (runs) => `--iterations ${runs} can`,
      );
      output.result(document, (shown) => renderComparison(shown, output.style, output.width));
      return comparison.levels.some(({ runs }) => runs.succeeded > 0 || runs.total === 0) ? EXIT.done : EXIT.failed;
    } finally {
      bar.stop();
    }
  });
}

/** Where quality cannot be measured, prompts that would have been its text are of no use; that is said too. */
function withPrompts(notMeasured: readonly NotMeasured[], prompts: readonly string[] | null): readonly NotMeasured[] {
  if (prompts === null || !notMeasured.some(({ what }) => what === 'quality')) return notMeasured;
  return [...notMeasured, { what: 'prompts', reason: { kind: 'no-judge', prompts: prompts.length } }];
}

function tellNotMeasured(output: Output, notMeasured: readonly NotMeasured[]): void {
  for (const { what, reason } of notMeasured) {
    const title = what === 'quality' ? 'quality is not measured' : 'prompts are left out';
    output.warn(`${title}. ${notMeasuredWords(reason)}`);
  }
}

/** @throws InvalidInputError for conditions of timed runs when there are none */
function checkSpeedFlags({ iterations, depths, concurrency }: CompareFlags): void {
  const flag = depths !== undefined ? '--depths' : concurrency !== undefined ? '--concurrency' : null;
  if (iterations !== 0 || flag === null) return;
  throw new InvalidInputError(`${flag} asks for timed runs, but --iterations is 0.`, {
    hint: 'Leave one of the two away.',
  });
}

/** The founding three, the full one being that of the model at hand. */
async function defaultLevels(
  use: BackendUseCases,
  model: string,
  signal: AbortSignal,
): Promise<readonly VariantLevel[]> {
  const installed = await (await use.runtime()).find(model, { signal });
  const own = installed?.level ?? null;
  if (own === null || !isFullPrecision(own)) return DEFAULT_LEVELS;
  return [own, ...DEFAULT_LEVELS.filter((level) => !isFullPrecision(level))];
}

/** The level that loses least; the others are held against it. */
function bestOf(levels: readonly VariantLevel[]): VariantLevel {
  return levels.toSorted((a, b) => levelRank(a) - levelRank(b))[0] ?? 'F16';
}
