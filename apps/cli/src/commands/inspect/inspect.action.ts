import { inspectDocument } from '@plimsoll/contract';
import { invalidParameters } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { InspectFlags } from './inspect.flags.js';
import { renderInspection } from './inspect.render.js';

/** `plimsoll inspect`. */
export async function inspect(context: CommandContext, model: string, flags: InspectFlags): Promise<number> {
  return withBackend(context, flags, async (use) => {
    const inspected = await (await use.inspect(model)).inspect(model, { signal: context.signal });
    const document = inspectDocument(inspected, {
      tensors: flags.tensors === true,
      metadata: flags.metadata === true,
    });
    context.output.result(document, (shown) =>
      renderInspection(shown, invalidParameters(inspected.header), context.output.style, context.output.width),
    );
    return EXIT.done;
  });
}
