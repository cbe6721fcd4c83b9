import type { IncomingMessage } from 'node:http';
import type { Observation } from '../observability/observation.js';
import { ANYBODY } from '../security/principal.js';
import type { Principal } from '../security/principal.js';
import { requestId } from './request-id.js';

const VISIT = Symbol('visit');

interface Visited extends IncomingMessage {
  [VISIT]?: Visit | undefined;
}

/** What is known of a request from its head to the end of its answer, whichever way it is answered. */
export class Visit {
  /** The id that its client gave it, else a new one. */
  readonly id: string;
  /** On the clock of `performance.now()`. */
  readonly startMs = performance.now();
  /** Headers of its answer, once it was let in; null before. */
  headers: Readonly<Record<string, string>> | null = null;
  sender: Principal = ANYBODY;
  /** What is seen of it; null for one that asks nothing of a model. */
  observation: Observation | null = null;
  /** Its body as it came; null where none was read. */
  bytes: Buffer | null = null;
  /** The same as JSON; undefined where it was not read, or is empty. */
  body: unknown = undefined;
  /** Ends what is counted of it; null where nothing is. */
  endCount: (() => void) | null = null;

  constructor(raw: IncomingMessage) {
    this.id = requestId(raw);
  }
}

/** The visit of a request; it begins when it is first asked for. */
export const visitOf = (raw: IncomingMessage): Visit => ((raw as Visited)[VISIT] ??= new Visit(raw));
