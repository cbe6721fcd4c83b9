import { findingFromError, type Finding } from '@plimsoll/application';
import { openPlimsoll, type Plimsoll } from '@plimsoll/composition';
import { doctorDocument } from '@plimsoll/contract';
import { isPlimsollError } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { remedyCommand } from '../../errors/remedy-commands.js';
import type { CommandContext } from '../command-context.js';
import { plimsollOptions } from '../with-plimsoll.js';
import type { DoctorFlags } from './doctor.flags.js';
import { renderFindings } from './doctor.render.js';

/** `plimsoll doctor`. Problems are its result; exit code 1 tells that there are some. */
export async function doctor(context: CommandContext, flags: DoctorFlags): Promise<number> {
  const findings = await allFindings(context, flags);
  // What was asked and cancelled is no finding.
  context.signal.throwIfAborted();
  const document = doctorDocument(findings, remedyCommand);
  context.output.result(document, (shown) => renderFindings(shown, context.output.style));
  return document.healthy ? EXIT.done : EXIT.failed;
}

async function allFindings(context: CommandContext, flags: DoctorFlags): Promise<readonly Finding[]> {
  let plimsoll: Plimsoll;
  try {
    plimsoll = await openPlimsoll(plimsollOptions(context, flags));
  } catch (error) {
    // Nothing can be looked at without a configuration; that is the finding.
    if (isPlimsollError(error) && error.code === 'invalid-config') {
      return [findingFromError('config', 'problem', error)];
    }
    throw error;
  }
  try {
    const { value: use } = await plimsoll.lease();
    return await (await use.diagnosis()).diagnose({ signal: context.signal });
  } finally {
    await plimsoll.close();
  }
}
