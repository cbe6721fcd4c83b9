import type { QuantizeRequest } from '@plimsoll/application';
import { checkModelFile, checkRunsHere, type BackendUseCases } from '@plimsoll/composition';
import { quantizeDocument, quantizeDryRunDocument } from '@plimsoll/contract';
import type { QuantizeDocument, QuantizeFacts } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError, isFullPrecision, statedLevel, type Level } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { formatBytes, formatDuration } from '../../output/format.js';
import { shellWord } from '../../output/shell-word.js';
import { buildProgress } from '../../output/build-progress.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import { importanceMatrix } from './quantize.importance.js';
import { quantizeMixed } from './mixed.action.js';
import { mixGoal } from './mixed.goal.js';
import { madeRecipe } from './made-recipe.js';
import { readRecipe } from './recipe-file.js';
import { importTarget, targetFile } from './quantize.target.js';
import type { QuantizeFlags } from './quantize.flags.js';

/** `plimsoll quantize`: to a level, to a goal, or by a recipe. @throws InvalidInputError when none is named */
export async function quantizeAny(context: CommandContext, model: string, flags: QuantizeFlags): Promise<number> {
  const goal = mixGoal(flags);
  if (goal !== null && flags.to !== undefined) {
    throw new InvalidInputError('--to names a level, and a target asks for a recipe.', {
      hint: 'Give one of the two.',
    });
  }
  if (goal !== null && (flags.tensor !== undefined || flags.allowRequantize === true)) {
    throw new InvalidInputError('A target chooses the type of every tensor, from a model that lost nothing.', {
      hint: 'Leave out --tensor and --allow-requantize, or name a level with --to.',
    });
  }
  if (goal !== null) return quantizeMixed(context, model, flags, goal);
  if (flags.report !== undefined) {
    throw new InvalidInputError('--report shows a recipe that was measured.', {
      hint: 'Give a target, such as --better-than Q4_K_M.',
    });
  }
  const recipe = flags.recipe === undefined ? null : await readRecipe(flags.recipe);
  const to = flags.to ?? recipe?.level;
  if (to === undefined) {
    throw new InvalidInputError('What to make is not said.', {
      hint: 'Give a level with --to, such as --to Q4_K_M, a target such as --better-than Q4_K_M, or a --recipe.',
    });
  }
  const tensor = [...(flags.tensor ?? []), ...(recipe?.overrides ?? [])];
  return quantize(context, model, { ...flags, to, tensor }, recipe !== null);
}

async function quantize(
  context: CommandContext,
  model: string,
  flags: QuantizeFlags & { readonly to: Level },
  isRecipe: boolean,
): Promise<number> {
  const { output, signal } = context;
  await checkModelFile(model, signal);
  return withBackend(context, flags, async (use, plimsoll) => {
    checkRunsHere(model, use.settings.backend);
    const { out, force = false } = flags;
    const clock = await plimsoll.get(CLOCK);
    const startedAtMs = clock.monotonicMs();
    const useCase = await use.quantization();
    const matrix = await importanceMatrix(context, use, {
      model,
      level: flags.to,
      imatrix: flags.imatrix,
      dryRun: flags.dryRun === true,
    });
    const { to, tensor: overrides = [] } = flags;
    const importance = Object.keys(matrix).length > 0;
    await warnOfRequantizing(context, use, model, flags);
    const recipe = isRecipe
      ? await madeRecipe(use, { model, level: to, overrides, importanceMatrix: importance }, { signal })
      : undefined;
    const level = recipe?.name ?? to;
    const here = use.backend.runsFiles && out !== undefined && flags.dryRun !== true;
    const request: QuantizeRequest = {
      model,
      level: to,
      target: here ? await targetFile({ model, level, out, force }) : (out ?? importTarget(use, model, level)),
      overrides,
      recipe,
      allowRequantize: flags.allowRequantize,
      threads: flags.threads,
      ...matrix,
    };
    const facts = (): QuantizeFacts => ({
      ...{ model, level, importanceMatrix: matrix.importanceMatrix ?? null, mixed: null },
      durationMs: clock.monotonicMs() - startedAtMs,
    });
    if (flags.dryRun === true) {
      const answer = await useCase.dryRun(request, { signal });
      output.result(quantizeDryRunDocument(answer?.sizeBytes ?? null, facts()), renderDryRun);
      return EXIT.done;
    }
    const progress = buildProgress(output.progress(level));
    try {
      const built = await useCase.quantize(request, { signal, onProgress: progress.onProgress });
      progress.stop();
      output.result(quantizeDocument(built, facts()), renderQuantized);
      return EXIT.done;
    } finally {
      progress.stop();
    }
  });
}

/** Quantizing twice is allowed; that it loses twice is said. */
async function warnOfRequantizing(
  { output, signal }: CommandContext,
  use: BackendUseCases,
  model: string,
  { allowRequantize }: QuantizeFlags,
): Promise<void> {
  if (allowRequantize !== true) return;
  const level = statedLevel((await (await use.inspect(model)).inspect(model, { signal })).header);
  if (level === null || isFullPrecision(level)) return;
  output.warn(`${model} is ${level} already: what it lost stays lost, and quantizing it again loses more.`);
}

/** What was made, and what to do with it. */
export function renderQuantized({
  path,
  name,
  level,
  importanceMatrix,
  sizeBytes,
  durationMs,
}: QuantizeDocument): string {
  const place = path ?? name ?? '';
  return `Made ${place}: ${level}${importanceMatrix === null ? '' : ' with an importance matrix'}, ${formatBytes(sizeBytes)}, in ${formatDuration(durationMs)}.\nTry it: plimsoll run ${shellWord(place)} "Hello"`;
}

/** What would be made. */
export function renderDryRun({ model, level, sizeBytes }: QuantizeDocument): string {
  return sizeBytes === null
    ? `This backend cannot say in advance how large ${model} would be at ${level}.`
    : `${model} at ${level} would take ${formatBytes(sizeBytes)}. Nothing was written.`;
}
