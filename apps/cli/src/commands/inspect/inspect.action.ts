import { inspectDocument } from '@plimsoll/contract';
import { invalidParameters } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import type { InspectFlags } from './inspect.flags.js';
import { renderInspection } from './inspect.render.js';
import { renderTypesByLayer } from './types-by-layer.js';

/** `plimsoll inspect`. */
export async function inspect(context: CommandContext, model: string, flags: InspectFlags): Promise<number> {
  return withBackend(context, flags, async (use) => {
    const inspected = await (await use.inspect(model)).inspect(model, { signal: context.signal });
    const document = inspectDocument(inspected, {
      tensors: flags.tensors === true,
      metadata: flags.metadata === true,
    });
    const { style, width } = context.output;
    context.output.result(document, (shown) => {
      const byLayer = renderTypesByLayer(inspected.header, style, width);
      const text = renderInspection(shown, invalidParameters(inspected.header), style, width);
      return byLayer === null ? text : `${text}\n\n${byLayer}`;
    });
    return EXIT.done;
  });
}
