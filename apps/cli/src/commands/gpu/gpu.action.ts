import type { MachineState } from '@plimsoll/application';
import { gpuDocument, gpuListDocument } from '@plimsoll/contract';
import { InvalidInputError, searchDevices } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import type { GpuFlags } from './gpu.flags.js';
import { renderDeviceList } from './gpu-list.render.js';
import { renderMachine } from './gpu.render.js';

const DEFAULT_INTERVAL_S = 2;

/** `plimsoll gpu`. */
export async function gpu(context: CommandContext, flags: GpuFlags): Promise<number> {
  if (flags.list !== undefined) return list(context, flags.list === true ? '' : flags.list);
  return withPlimsoll(context, flags, async ({ shared }) => {
    const devices = await shared.devices();
    if (flags.watch === true) {
      const intervalMs = (flags.interval ?? DEFAULT_INTERVAL_S) * 1000;
      return watch(context, devices.watch(intervalMs, { signal: context.signal }));
    }
    const document = gpuDocument(await devices.read({ signal: context.signal }));
    context.output.result(document, (shown) => renderMachine(shown, context.output.style, context.output.width));
    return EXIT.done;
  });
}

/** Devices of the catalogue; a text that finds none is an error that names near ones. */
function list({ output }: CommandContext, text: string): number {
  const found = searchDevices(text);
  if (found.devices.length === 0) {
    throw new InvalidInputError(`No device of the catalogue has ${JSON.stringify(text)} in its name.`, {
      hint: `Did you mean ${found.near.map((name) => JSON.stringify(name)).join(', ')}? All: plimsoll gpu --list`,
    });
  }
  output.result(gpuListDocument(found), (shown) => renderDeviceList(shown, output.style, output.width));
  return EXIT.done;
}

/** Shows each state as it comes: over the last one on a terminal, below it elsewhere. Ctrl-C is how it ends. */
async function watch({ output, signal }: CommandContext, states: AsyncIterable<MachineState>): Promise<number> {
  for await (const state of states) {
    const document = gpuDocument(state);
    output.jsonLine(document);
    output.clear();
    output.part(document, (shown) => `${renderMachine(shown, output.style, output.width)}\n`);
  }
  return signal.aborted ? EXIT.interrupted : EXIT.done;
}
