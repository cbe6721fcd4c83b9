import path from 'node:path';
import {
  MixPrecision,
  bytesToFit,
  demandFullPrecision,
  planToFit,
  checkGoal,
  type MixOptions,
  type PrecisionPlan,
  type PrecisionVerdict,
} from '@plimsoll/application';
import { cacheFolder, checkModelFile, checkRunsHere, fileTextCache, sensitivityPriors } from '@plimsoll/composition';
import type { QuantizeDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError, recipeName, recipeOverrides } from '@plimsoll/domain';
import type { FileRecipe, RecipeMeasurement } from '@plimsoll/domain';
import type { RecipeReportInput } from '@plimsoll/report';
import { EXIT } from '../../errors/exit-codes.js';
import { buildProgress } from '../../output/build-progress.js';
import { windowProgress } from '../../output/window-progress.js';
import { compareText } from '../compare/compare.text.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { QuantizeFlags } from './quantize.flags.js';
import { importanceMatrix } from './quantize.importance.js';
import { agreeToTime } from './mixed.consent.js';
import { mixedDocument } from './mixed.document.js';
import { resolvedGoal, type AskedGoal } from './mixed.goal.js';
import { interrupted } from './mixed.interrupted.js';
import { places } from './mixed.places.js';
import { renderMixed } from './mixed.render.js';
import { writeWhole } from '../../output/write-file.js';
import { writeRecipe } from './recipe-file.js';

const WINDOW_TOKENS = 256;

/** `plimsoll quantize` with a goal: chooses a type for each tensor by measurement, makes and judges the file. */
export async function quantizeMixed(
  context: CommandContext,
  model: string,
  flags: QuantizeFlags,
  goal: AskedGoal,
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
    demandFullPrecision(header);
    const windowTokens = flags.window ?? WINDOW_TOKENS;
    const place = await places(use, { model, file }, flags);
    const folder = path.join(cacheFolder(context.env), 'mixed');
    const cache = fileTextCache(path.join(folder, 'results'));
    const bar = output.progress('mixed precision');
    let measured = 0;
    try {
      const wanted = await resolvedGoal(goal, {
        ...{ use, header, file, flags, places: { cache, folder }, signal },
        onTiming: () => bar.update('timing types on this machine', null),
      });
      // What no measurement can change is refused before anything takes long.
      if ('kind' in wanted) checkGoal(header, wanted);
      else bytesToFit(header, wanted);
      const text = await compareText(
        context,
        use,
        { ...{ model, reference: 'F16', make: false, prompts: null, windowTokens }, file: flags.text },
        (share) => bar.update('writing a text', share),
      );
      const probing = { cache, folder, source: file, text, windowTokens };
      await (await use.precisionProbe({ ...probing, importanceMatrix: undefined })).prepare({ signal });
      bar.stop();
      const { importanceMatrix: matrix } = await importanceMatrix(context, use, {
        ...{ model, file, level: 'Q4_K_M', imatrix: flags.imatrix, dryRun: false },
      });
      const probe = await use.precisionProbe({ ...probing, importanceMatrix: matrix });
      const mixing = new MixPrecision(probe, sensitivityPriors(cache));
      const showMeasured = windowProgress(bar, 'measurement');
      const options: MixOptions = {
        signal,
        onProgress: (done, total) => {
          measured = done;
          showMeasured(done, total);
        },
        onErrors: (done, total) => bar.update(`errors of tensor ${done} of ${total}`, done / total),
        consent:
          flags.yes === true
            ? undefined
            : {
                clock,
                onFirst: () => bar.update('measuring a first file, to tell how long all will take', null),
                agree: agreeToTime(context, model, () => bar.stop()),
              },
      };
      const { plan, fit } =
        'kind' in wanted
          ? { plan: await mixing.plan(header, wanted, options), fit: null }
          : await planToFit(mixing, header, wanted, options);
      const level = plan.preset?.level ?? 'Q2_K';
      if (place.recipe !== null) await writeRecipe(place.recipe, level, plan.entries);
      if (dryRun) {
        await writeReport(flags.report, { model, plan, verdict: null });
        const chosen = { model, level: recipeName(plan.bitsPerWeight), matrix, plan, fit };
        const document = mixedDocument(chosen, clock.monotonicMs() - startedAtMs);
        output.result(document, (shown) => renderMixed(shown, place.recipe));
        return EXIT.done;
      }
      bar.update('judging on text that was not used for choosing', null);
      const verdict = await mixing.judge(plan, { signal });
      await writeReport(flags.report, { model, plan, verdict });
      const recipe: FileRecipe | undefined = verdict.keeps
        ? { name: recipeName(plan.bitsPerWeight), measured: measurementOf(plan, verdict) }
        : undefined;
      const target = await place.target(recipe?.name ?? level);
      const builds = buildProgress(bar);
      const built = await (
        await use.quantization()
      ).quantize(
        {
          ...{
            model: use.backend.runsFiles ? file : source,
            level,
            target,
            threads: flags.threads,
            importanceMatrix: matrix,
          },
          recipe,
          overrides: verdict.keeps ? recipeOverrides(plan.entries) : [],
        },
        { signal, onProgress: builds.onProgress },
      );
      bar.stop();
      const document: QuantizeDocument = {
        ...mixedDocument(
          { model, level: recipe?.name ?? level, matrix, plan, fit },
          clock.monotonicMs() - startedAtMs,
          verdict,
        ),
        ...{ dryRun: false, name: built.name, path: built.path, method: built.method, digest: built.digest },
        sizeBytes: built.sizeBytes,
      };
      output.result(document, (shown) => renderMixed(shown, place.recipe));
      return EXIT.done;
    } catch (error) {
      throw interrupted(error, measured);
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

/** What the file says of itself. */
function measurementOf({ preset }: PrecisionPlan, { loss, presetLoss }: PrecisionVerdict): RecipeMeasurement {
  const held = preset === null || presetLoss === null ? null : { level: preset.level, meanKld: presetLoss };
  return { meanKld: Math.max(0, loss), preset: held };
}
