import { stat } from 'node:fs/promises';
import path from 'node:path';
import { MixPrecision, type MixGoal, type PrecisionPlan, type PrecisionVerdict } from '@plimsoll/application';
import { cacheFolder, checkModelFile, checkRunsHere, fileTextCache, sensitivityPriors } from '@plimsoll/composition';
import type { QuantizeDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import type { RecipeReportInput } from '@plimsoll/report';
import { InvalidInputError, recipeOverrides, type Level } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { buildProgress } from '../../output/build-progress.js';
import { formatBytes, formatDuration } from '../../output/format.js';
import { renderTable } from '../../output/table.js';
import { windowProgress } from '../../output/window-progress.js';
import { compareText } from '../compare/compare.text.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { QuantizeFlags } from './quantize.flags.js';
import { importanceMatrix } from './quantize.importance.js';
import { targetFile } from './quantize.target.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import { writeRecipe } from './recipe-file.js';

const WINDOW_TOKENS = 256;

/** What the flags ask for, or null when they name no goal. @throws InvalidInputError for two */
export function mixGoal({ targetSize, targetBpw, betterThan, maxKld }: QuantizeFlags): MixGoal | null {
  const goals: readonly (MixGoal | null)[] = [
    targetSize === undefined ? null : { kind: 'bytes', bytes: targetSize },
    targetBpw === undefined ? null : { kind: 'bits-per-weight', bits: targetBpw },
    betterThan === undefined ? null : { kind: 'better-than', level: betterThan },
    maxKld === undefined ? null : { kind: 'max-loss', nats: maxKld },
  ];
  const [goal = null, second] = goals.filter((one) => one !== null);
  if (second === undefined) return goal;
  throw new InvalidInputError('More than one target is given.', {
    hint: 'Give one of --target-size, --target-bpw, --better-than and --max-kld.',
  });
}

/** `plimsoll quantize` with a goal: chooses a type for each tensor by measurement, makes and judges the file. */
export async function quantizeMixed(
  context: CommandContext,
  model: string,
  flags: QuantizeFlags,
  goal: MixGoal,
): Promise<number> {
  const { output, signal } = context;
  await checkModelFile(model, signal);
  return withBackend(context, flags, async (use, plimsoll) => {
    checkRunsHere(model, use.settings.backend);
    const clock = await plimsoll.get(CLOCK);
    const startedAtMs = clock.monotonicMs();
    const dryRun = flags.dryRun === true;
    const source = await (await use.ensure()).source(model, { signal });
    const { header, path: file } = await (await use.inspect(source)).inspect(source, { signal });
    if (file === null) {
      throw new InvalidInputError(`${model} is not on this machine.`, { hint: 'Name a GGUF file that lies here.' });
    }
    const place = await places(file, flags);
    const { importanceMatrix: matrix } = await importanceMatrix(context, use, plimsoll, {
      ...{ model, level: 'Q4_K_M', imatrix: flags.imatrix, dryRun: false },
    });
    const bar = output.progress('mixed precision');
    try {
      const text = await compareText(
        context,
        use,
        { ...{ model, reference: 'F16', make: false, prompts: null, windowTokens: WINDOW_TOKENS }, file: flags.text },
        (share) => bar.update('writing a text', share),
      );
      const folder = path.join(cacheFolder(context.env), 'mixed');
      const cache = fileTextCache(path.join(folder, 'results'));
      const probe = await use.precisionProbe({
        cache,
        ...{ folder, source: file, importanceMatrix: matrix, text, windowTokens: WINDOW_TOKENS },
      });
      const mixing = new MixPrecision(probe, sensitivityPriors(cache));
      const progress = windowProgress(bar, clock, 'measurement');
      const plan = await mixing.plan(header, goal, { signal, onProgress: progress.onProgress });
      const level = plan.preset?.level ?? 'Q2_K';
      if (place.recipe !== null) await writeRecipe(place.recipe, level, plan.entries);
      if (dryRun) {
        await writeReport(flags.report, { model, plan, verdict: null });
        const document = planned(model, level, matrix, plan, clock.monotonicMs() - startedAtMs);
        output.result(document, (shown) => renderMixed(shown, place.recipe));
        return EXIT.done;
      }
      bar.update('judging on text that was not used for choosing', null);
      const verdict = await mixing.judge(plan, { signal });
      await writeReport(flags.report, { model, plan, verdict });
      const target = await place.target(verdict.keeps ? `mixed-${plan.bitsPerWeight.toFixed(2)}bpw` : level, level);
      const builds = buildProgress(bar);
      const built = await (
        await use.quantization()
      ).quantize(
        {
          ...{ model: file, level, target, threads: flags.threads, importanceMatrix: matrix },
          overrides: verdict.keeps ? recipeOverrides(plan.entries) : [],
        },
        { signal, onProgress: builds.onProgress },
      );
      bar.stop();
      const document: QuantizeDocument = {
        ...planned(model, level, matrix, plan, clock.monotonicMs() - startedAtMs, verdict),
        ...{ dryRun: false, name: built.name, path: built.path, method: built.method, digest: built.digest },
        sizeBytes: built.sizeBytes,
      };
      output.result(document, (shown) => renderMixed(shown, place.recipe));
      return EXIT.done;
    } finally {
      bar.stop();
    }
  });
}

async function writeReport(file: string | undefined, input: RecipeReportInput): Promise<void> {
  if (file === undefined) return;
  const { recipeReport } = await import('@plimsoll/report');
  await writeWhole(file, recipeReport(input));
}

/** Where a file and a recipe go. What cannot be written is refused before anything is measured. */
interface Places {
  readonly recipe: string | null;
  /** @param suffix told apart by what was made */
  readonly target: (suffix: string, level: Level) => Promise<string>;
}

async function places(source: string, { out, recipe, report, dryRun, force = false }: QuantizeFlags): Promise<Places> {
  if (report !== undefined) await checkWritable('--report', report);
  if (recipe !== undefined) {
    await checkWritable('--recipe', recipe);
    if (!force && ((await stat(recipe).catch(() => null))?.isFile() ?? false)) {
      throw new InvalidInputError(`--recipe names ${recipe}, which exists.`, {
        hint: 'With a target, a recipe is written. Overwrite the file with --force, or name another.',
      });
    }
  }
  const stem = source.replace(/(-(F16|BF16|F32))?\.gguf$/i, '');
  const target = (suffix: string, level: Level): Promise<string> =>
    targetFile({ model: source, level, out: out ?? `${stem}-${suffix}.gguf`, force });
  // A file that --out names is checked now; the usual name is known in the end, its folder is not.
  if (dryRun !== true) await (out === undefined ? checkWritable('--out', `${stem}-mixed.gguf`) : target('', 'Q4_K_M'));
  return { recipe: recipe ?? null, target };
}

function planned(
  model: string,
  level: Level,
  matrix: string | undefined,
  plan: PrecisionPlan,
  durationMs: number,
  verdict: PrecisionVerdict | null = null,
): QuantizeDocument {
  const { preset, bitsPerWeight, predictedLoss, evaluations, groups, fileBytes } = plan;
  return {
    ...{ schema: 'plimsoll.quantize/1', model, level, dryRun: true },
    ...{ name: null, path: null, method: null, digest: null },
    importanceMatrix: matrix ?? null,
    sizeBytes: fileBytes,
    mixed: {
      ...{ bitsPerWeight, predictedLoss, evaluations },
      groups: groups.map(({ name, type, bytes, predictedLoss: lost, sensitivity }) => {
        return { name, type, bytes, predictedLoss: lost, sensitivity };
      }),
      loss: verdict?.loss ?? null,
      preset:
        preset === null
          ? null
          : { level: preset.level, sizeBytes: preset.fileBytes, loss: verdict?.presetLoss ?? null },
      kept: verdict?.keeps ?? true,
    },
    durationMs,
  };
}

/** The plan by group, and how it fared. */
function renderMixed(document: QuantizeDocument, recipe: string | null): string {
  const { mixed, sizeBytes, path: file, durationMs, dryRun } = document;
  if (mixed === null) return '';
  const { preset, loss } = mixed;
  const table = renderTable(
    [
      { header: 'TENSORS' },
      { header: 'TYPE' },
      { header: 'BYTES', align: 'right' },
      { header: 'LOSS', align: 'right' },
      { header: 'ALONE AT 3 BITS', align: 'right' },
    ],
    mixed.groups.map((one) => [
      ...[one.name, one.type, formatBytes(one.bytes), one.predictedLoss.toPrecision(2)],
      one.sensitivity.toPrecision(2),
    ]),
    { indent: '  ' },
  );
  const size = `${formatBytes(sizeBytes)}, ${mixed.bitsPerWeight.toFixed(2)} bits per weight`;
  const predicted = `predicted to stray ${mixed.predictedLoss?.toPrecision(3) ?? 'an unknown number of'} nats per token`;
  const lines = [table, '', `Recipe: ${size}, ${predicted} (${mixed.evaluations} measurements).`];
  if (dryRun)
    return [...lines, recipe === null ? 'Nothing was written.' : `Only the recipe was written: ${recipe}`].join('\n');
  if (loss !== null && preset !== null && preset.loss !== null) {
    lines.push(
      `On text that was not used for choosing: ${loss.toPrecision(3)}; ${preset.level} at ${formatBytes(preset.sizeBytes)}: ${preset.loss.toPrecision(3)} (${(((loss - preset.loss) / preset.loss) * 100).toFixed(0)} %).`,
    );
  }
  lines.push(
    mixed.kept
      ? `Made ${file ?? ''} in ${formatDuration(durationMs)}.`
      : `The preset is better, so it was made instead: ${file ?? ''}.`,
  );
  return lines.join('\n');
}
