import type { Warn } from '@plimsoll/application';
import { warningWords } from '@plimsoll/contract';

/** Hands warnings on as sentences; absent when nobody wants them. */
export const inWords = (warn: ((message: string) => void) | undefined): Warn | undefined =>
  warn && ((warning) => warn(warningWords(warning)));
