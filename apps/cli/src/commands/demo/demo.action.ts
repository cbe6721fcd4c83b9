import { readFile } from 'node:fs/promises';
import { FEWEST_ROUNDS_TO_SHOW, verdictOn } from '@plimsoll/application';
import { cacheFolder } from '@plimsoll/composition';
import { compareDocument, gpuDocument, planDocument, type DemoDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { type Level } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { printablePath } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import { prepareDemoFolder } from './demo-folder.js';
import type { DemoFlags } from './demo.flags.js';
import { renderDemoIntroduction, renderDemoMachine, renderDemoPlan, renderDemoResult } from './demo.render.js';

const LEVELS: readonly [Level, ...Level[]] = ['F16', 'Q8_0', 'Q4_K_M'];
/** Enough for errors far below the differences between the levels, and done in seconds. */
const CORPUS_CHARACTERS = 20_000;
const PROMPT = 'Once upon a time, in a village by the sea, there lived';

/** `plimsoll demo`: the main job on a small real model, start to end. */
export async function demo(context: CommandContext, flags: DemoFlags): Promise<number> {
  const { output, signal } = context;
  const { sampleCorpusPath } = await import('@plimsoll/sample-model');
  const { folder, model, storeFile } = await prepareDemoFolder(cacheFolder(context.env));
  const demoFlags = { config: flags.config, backend: 'embedded', settings: { storeFile } } as const;
  return withBackend(context, demoFlags, async (use, plimsoll) => {
    const clock = await plimsoll.get(CLOCK);
    const startedAtMs = clock.monotonicMs();
    output.line(renderDemoIntroduction(output.style));

    const machine = gpuDocument(await (await plimsoll.shared.devices()).read({ signal }));
    output.part(machine, (shown) => renderDemoMachine(shown, output.style, output.width));

    const planUseCase = await use.planning(model);
    const plan = planDocument(await planUseCase.plan({ model, levels: LEVELS }, { signal }));
    output.part(plan, (shown) => renderDemoPlan(shown, printablePath(model), output.style, output.width));

    const bar = output.progress('demo');
    try {
      const comparison = await (
        await use.comparison({ model })
      ).compare(
        {
          model,
          levels: LEVELS,
          reference: LEVELS[0],
          kvCaches: [],
          iterations: FEWEST_ROUNDS_TO_SHOW,
          prompt: PROMPT,
          maxTokens: 128,
          text: (await readFile(sampleCorpusPath(), 'utf8')).slice(0, CORPUS_CHARACTERS),
          windowTokens: 256,
          make: true,
        },
        { signal, onProgress: ({ phase, detail, fraction }) => bar.update(`${phase} ${detail}`, fraction) },
      );
      bar.stop();
      const result = compareDocument(comparison, verdictOn(comparison), null);
      const document: DemoDocument = {
        schema: 'plimsoll.demo/1',
        machine,
        plan,
        comparison: result,
        recommended: result.verdict.recommended?.level ?? null,
        folder,
        durationMs: clock.monotonicMs() - startedAtMs,
      };
      output.result(document, (shown) => renderDemoResult(shown, output.style, output.width));
      return EXIT.done;
    } finally {
      bar.stop();
    }
  });
}
