import type { ChooseOptions, ChosenVariant } from './chosen-variant.js';

/** A variant that is held ready for one request. */
export interface PlacedRequest {
  readonly chosen: ChosenVariant;
  /** Gives the place back; may be called more than once. */
  readonly release: () => void;
  /**
   * Says that the engine ran out of memory while it answered, and gives the place back. Resolves with whether something
   * smaller stands ready now, so that the request is worth placing again. Absent where memory is not governed.
   */
  readonly ranOutOfMemory?: (() => Promise<boolean>) | undefined;
}

/** Finds each request the variant that answers it. */
export interface PlaceRequests {
  /** @throws as `ChooseVariant.choose`, and BusyError or NothingFitsError where memory is governed */
  place(model: string, options: ChooseOptions): Promise<PlacedRequest>;
}
