import { openEngineBuilds } from '@plimsoll/composition';
import type { EngineDocument } from '@plimsoll/contract';
import { EXIT } from '../../errors/exit-codes.js';
import { buildProgress } from '../../output/build-progress.js';
import type { CommandContext } from '../command-context.js';
import { renderEngine } from './engine.render.js';

type Builds = Awaited<ReturnType<typeof openEngineBuilds>>;

/** `plimsoll engine list`. */
export async function engineList(context: CommandContext): Promise<number> {
  return report(context, await openEngineBuilds(), {});
}

/** `plimsoll engine add`. */
export async function engineAdd(context: CommandContext, build: string): Promise<number> {
  const { output, signal } = context;
  const builds = await openEngineBuilds();
  const progress = buildProgress(output.progress(build));
  try {
    const { name, devices } = await builds.add(build, { signal, onProgress: progress.onProgress });
    progress.stop();
    return await report(context, builds, { added: { name, devices: devices.map((device) => device.name) } });
  } finally {
    progress.stop();
  }
}

/** `plimsoll engine remove`. */
export async function engineRemove(context: CommandContext, build: string): Promise<number> {
  const builds = await openEngineBuilds();
  return report(context, builds, { removed: await builds.remove(build) });
}

async function report(
  { output }: CommandContext,
  builds: Builds,
  { added = null, removed = [] }: Partial<Pick<EngineDocument, 'added' | 'removed'>>,
): Promise<number> {
  const { release, folder } = builds;
  const document: EngineDocument = {
    schema: 'plimsoll.engine/1',
    ...{ release, folder, builds: await builds.list(), added, removed },
  };
  output.result(document, (shown) => renderEngine(shown, output.style, output.width));
  return EXIT.done;
}
