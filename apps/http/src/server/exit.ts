import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestObserver } from '../observability/observation.js';
import { visitOf } from './visit.js';

/** One line of the log: no query, no body, no header. */
export interface RequestLogEntry {
  readonly method: string;
  /** The route's pattern, or `unknown`. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Who is told of requests that are over. */
export interface ExitOptions {
  /** Are shown requests to models. */
  readonly observers: readonly RequestObserver[];
  readonly onRequest: (id: string, entry: RequestLogEntry) => void;
  readonly onOver: () => void;
}

/** Nginx's status of a request whose client left. */
const CLIENT_LEFT = 499;

/** Where every request goes out, answered or left by its client. */
export class Exit {
  readonly #options: ExitOptions;

  constructor(options: ExitOptions) {
    this.#options = options;
  }

  /** Waits for the end of a request to a route of that pattern. */
  watch(raw: IncomingMessage, response: ServerResponse, route = 'unknown'): void {
    response.on('close', () => {
      const { observers, onRequest, onOver } = this.#options;
      const { id, observation, endCount, startMs } = visitOf(raw);
      endCount?.();
      if (observation !== null) {
        const finished = observation.finished(response.writableEnded ? response.statusCode : CLIENT_LEFT);
        for (const observe of observers) observe(finished);
      }
      onRequest(id, {
        method: raw.method ?? '',
        route,
        status: response.statusCode,
        durationMs: performance.now() - startMs,
      });
      onOver();
    });
  }
}
