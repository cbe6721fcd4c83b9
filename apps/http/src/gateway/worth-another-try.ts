import { isOutOfMemory, mayAnswerElsewhere } from '@plimsoll/domain';
import type { NativeApis } from '@plimsoll/domain';
import type { ForwardOptions } from '@plimsoll/transport';

/** Finds refusals that are not the last word: want of memory, at a smaller point; a busy server, at another. */
export function worthAnotherTry(
  { errorOf }: NativeApis,
  model: string,
  { smaller, elsewhere }: { readonly smaller: boolean; readonly elsewhere: boolean },
): ForwardOptions['refused'] {
  if (!smaller && !elsewhere) return undefined;
  return (status, message) => {
    const error = errorOf(status, message, model);
    return (smaller && isOutOfMemory(error)) || (elsewhere && mayAnswerElsewhere(error)) ? error : null;
  };
}
