import { modelsDocument } from '@plimsoll/contract';
import { EXIT } from '../../errors/exit-codes.js';
import { printable } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { ModelsFlags } from './models.flags.js';
import { renderModels } from './models.render.js';

/** `plimsoll models`. */
export async function models({ output, signal, ...context }: CommandContext, flags: ModelsFlags): Promise<number> {
  return withBackend({ output, signal, ...context }, flags, async (use) => {
    const list = await (await use.models()).list({ signal });
    if (flags.names === true && !output.json) {
      output.raw(list.models.map(({ name }) => `${printable(name)}\n`).join(''));
      return EXIT.done;
    }
    const { backend, modelsFolder } = use.settings;
    const document = modelsDocument(backend, list);
    output.result(document, (shown) =>
      renderModels(shown, output.style, output.width, use.backend.runsFiles ? modelsFolder : null),
    );
    return EXIT.done;
  });
}
