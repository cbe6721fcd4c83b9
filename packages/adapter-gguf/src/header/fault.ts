import { InvalidModelFileError } from '@plimsoll/domain';

const DAMAGED = 'The file is damaged or was not copied completely: download or copy it again.';

/** Where in which file something is wrong. */
export interface FaultPlace {
  readonly name: string;
  /** Byte offset in the file. */
  readonly offset: number;
  /** The part of the header in question, such as `length of key 12`. */
  readonly field: string;
}

/** The error for a header that cannot be right. */
export function fault(place: FaultPlace, problem: string, hint: string = DAMAGED): InvalidModelFileError {
  return new InvalidModelFileError(`${place.name}: ${place.field} at byte ${place.offset}: ${problem}`, { hint });
}

/** Text from a file made safe for a message: one line, quoted, at most 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
