import path from 'node:path';
import {
  MixPrecision,
  bytesToFit,
  demandFullPrecision,
  planToFit,
  type MixGoal,
  type PrecisionPlan,
  type PrecisionVerdict,
  type RecipeFit,
} from '@plimsoll/application';
import {
  cacheFolder,
  checkModelFile,
  checkRunsHere,
  fileTextCache,
  sensitivityPriors,
  type BackendUseCases,
} from '@plimsoll/composition';
import type { QuantizeDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError, recipeName, recipeOverrides } from '@plimsoll/domain';
import type { FileRecipe, PlanRequest, RecipeMeasurement, VariantLevel } from '@plimsoll/domain';
import type { RecipeReportInput } from '@plimsoll/report';
import { EXIT } from '../../errors/exit-codes.js';
import { buildProgress } from '../../output/build-progress.js';
import { windowProgress } from '../../output/window-progress.js';
import { compareText } from '../compare/compare.text.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { QuantizeFlags } from './quantize.flags.js';
import { importanceMatrix } from './quantize.importance.js';
import { places } from './mixed.places.js';
import { renderMixed } from './mixed.render.js';
import { writeWhole } from '../../output/write-file.js';
import { writeRecipe } from './recipe-file.js';

const WINDOW_TOKENS = 256;

/** What decides how large a recipe is: a goal of its own, or the memory of a card. */
export type AskedGoal = MixGoal | { readonly kind: 'fit'; readonly card: string };

/** What the flags ask for, or null when they name no goal. @throws InvalidInputError for two */
export function mixGoal({
  targetSize,
  targetBpw,
  betterThan,
  maxKld,
  fit,
  context,
  kv,
}: QuantizeFlags): AskedGoal | null {
  const goals: readonly (AskedGoal | null)[] = [
    targetSize === undefined ? null : { kind: 'bytes', bytes: targetSize },
    targetBpw === undefined ? null : { kind: 'bits-per-weight', bits: targetBpw },
    betterThan === undefined ? null : { kind: 'better-than', level: betterThan },
    maxKld === undefined ? null : { kind: 'max-loss', nats: maxKld },
    fit === undefined ? null : { kind: 'fit', card: fit },
  ];
  if (fit === undefined && (context !== undefined || kv !== undefined)) {
    throw new InvalidInputError('--context and --kv say what a recipe has to fit beside, but no card is named.', {
      hint: 'Name one with --fit, such as --fit "RTX 4060".',
    });
  }
  const [goal = null, second] = goals.filter((one) => one !== null);
  if (second === undefined) return goal;
  throw new InvalidInputError('More than one target is given.', {
    hint: 'Give one of --target-size, --target-bpw, --better-than, --max-kld and --fit.',
  });
}

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
    const place = await places(use, { model, file }, flags);
    const wanted = goal.kind === 'fit' ? await fitted(use, file, goal.card, flags, signal) : goal;
    if (!('kind' in wanted)) bytesToFit(header, wanted);
    const { importanceMatrix: matrix } = await importanceMatrix(context, use, plimsoll, {
      ...{ model, file, level: 'Q4_K_M', imatrix: flags.imatrix, dryRun: false },
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
      const options = { signal, onProgress: progress.onProgress };
      const { plan, fit } =
        'kind' in wanted
          ? { plan: await mixing.plan(header, wanted, options), fit: null }
          : await planToFit(mixing, header, wanted, options);
      const level = plan.preset?.level ?? 'Q2_K';
      if (place.recipe !== null) await writeRecipe(place.recipe, level, plan.entries);
      if (dryRun) {
        await writeReport(flags.report, { model, plan, verdict: null });
        const document = planned({ model, level, matrix, plan, fit }, clock.monotonicMs() - startedAtMs);
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
        ...planned({ model, level, matrix, plan, fit }, clock.monotonicMs() - startedAtMs, verdict),
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

/** What the file says of itself. */
function measurementOf({ preset }: PrecisionPlan, { loss, presetLoss }: PrecisionVerdict): RecipeMeasurement {
  const held = preset === null || presetLoss === null ? null : { level: preset.level, meanKld: presetLoss };
  return { meanKld: Math.max(0, loss), preset: held };
}

/** What is planned on the card, with the machine's own RAM. */
async function fitted(
  use: BackendUseCases,
  model: string,
  card: string,
  { context, kv }: QuantizeFlags,
  signal: AbortSignal,
): Promise<PlanRequest> {
  const planner = await use.planning(model);
  const { request } = await planner.prepare(
    {
      ...{ model, gpu: card, contexts: context === undefined ? undefined : [context] },
      keyCacheTypes: [kv?.keyCacheType ?? 'f16'],
      valueCacheTypes: [kv?.valueCacheType ?? 'f16'],
    },
    { signal },
  );
  return request;
}

interface Planned {
  readonly model: string;
  readonly level: VariantLevel;
  readonly matrix: string | undefined;
  readonly plan: PrecisionPlan;
  readonly fit: RecipeFit | null;
}

function planned(
  { model, level, matrix, plan, fit }: Planned,
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
      ...{ bitsPerWeight, predictedLoss, evaluations, fit },
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
