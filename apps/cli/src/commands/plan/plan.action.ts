import type { PlanModel, PlanModelRequest, PreparedPlan } from '@plimsoll/application';
import { planDocument } from '@plimsoll/contract';
import { createPlan, parseModelReference, type VariantLevel, type Plan } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { formatCount } from '../../output/format.js';
import { printablePath, printableSentence } from '../../output/printable.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { PlanFlags } from './plan.flags.js';
import type { PlanSubject } from './plan.next-step.js';
import { renderPlan } from './plan.render.js';
import { renderTarget } from './plan.targets.js';

/** `plimsoll plan`. Exit code 3 when nothing fits. */
export async function plan(context: CommandContext, model: string, flags: PlanFlags): Promise<number> {
  const { output, signal } = context;
  if (flags.html !== undefined) await checkWritable('--html', flags.html);
  return withBackend(context, flags, async (use) => {
    const planner = await use.planning(model);
    const prepared = await planner.prepare({ model, ...requestOf(flags) }, { signal });
    const chosen = flags.exact === true ? await exactly(context, planner, prepared) : createPlan(prepared.request);
    const document = planDocument(chosen);
    for (const note of prepared.notes) output.note(`Note: ${printableSentence(note)}`);
    const trained = chosen.model.contextLength;
    if (trained !== null && (flags.context ?? 0) > trained) {
      output.warn(`The model was trained for ${formatCount(trained)} tokens; beyond them its answers fall apart.`);
    }
    if (flags.html !== undefined) {
      const { planPage } = await import('@plimsoll/report');
      await writeWhole(flags.html, planPage(prepared));
      output.note(`Page: ${printablePath(flags.html)}`);
    }
    const downloads = use.backend.downloads && parseModelReference(model).kind !== 'url';
    const { as } = flags;
    const point = chosen.recommended?.candidate;
    if (as !== undefined && point !== undefined) {
      output.result(document, () => renderTarget(as, { model, point, projector: flags.mmproj, draft: flags.draft }));
      return EXIT.done;
    }
    output.result(document, (shown) =>
      renderPlan(shown, { ...subjectOf(flags), model: printablePath(model), downloads }, output.style, output.width),
    );
    return document.recommended === null ? EXIT.nothingFits : EXIT.done;
  });
}

async function exactly({ output, signal }: CommandContext, planner: PlanModel, prepared: PreparedPlan): Promise<Plan> {
  const progress = output.progress('Asking the engine');
  const onProgress = (done: number, of: number, level: VariantLevel): void => progress.update(level, done / of);
  try {
    return await planner.planExactly(prepared, { signal, onProgress });
  } finally {
    progress.stop();
  }
}

/** Whether another machine is described, and what is handed on to `plimsoll run` as it was given. */
function subjectOf({
  gpu,
  vram,
  ram,
  backend,
  config,
  parallel,
  ubatch,
  flashAttention,
}: PlanFlags): Pick<PlanSubject, 'elsewhere' | 'options'> {
  return {
    elsewhere: gpu !== undefined || vram !== undefined || ram !== undefined,
    options: [
      ...(parallel === undefined ? [] : ['--parallel', String(parallel)]),
      ...(ubatch === undefined ? [] : ['--ubatch', String(ubatch)]),
      ...(flashAttention === undefined ? [] : ['--flash-attention', flashAttention]),
      ...(backend === undefined ? [] : ['--backend', backend]),
      ...(config === undefined ? [] : ['--config', printablePath(config)]),
    ],
  };
}

/** What the flags ask for, whichever model. */
export function requestOf(flags: PlanFlags): Omit<PlanModelRequest, 'model'> {
  return {
    vramBytes: flags.vram,
    gpu: flags.gpu,
    levels: flags.level,
    contexts: listed(flags.context),
    ramBytes: flags.ram,
    ramBandwidth: flags.ramBandwidth,
    cpuThreads: flags.cpuThreads,
    keyCacheTypes: listed(flags.kv?.keyCacheType),
    valueCacheTypes: listed(flags.kv?.valueCacheType),
    parallel: listed(flags.parallel),
    microBatchTokens: flags.ubatch,
    projector: flags.mmproj,
    draft: flags.draft,
    gpuLayers: listed(flags.gpuLayers),
    expertLayersOnHost: flags.nCpuMoe,
    flashAttention: flags.flashAttention,
    prefer: flags.prefer,
  };
}

const listed = <Value>(value: Value | undefined): readonly Value[] | undefined =>
  value === undefined ? undefined : [value];
