import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { FinishedRequest } from './observation.js';

/** How much is written. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** A log of one JSON document per line. Prompts, answers, headers, queries and addresses are never in it. */
export function createLog(level: LogLevel, to: DestinationStream): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);
}

/** What the log says of a request to a model. */
export function logged({ timings, ...request }: FinishedRequest): object {
  const { id, api, operation, model, variant, level, status, waitedMs, firstMs, totalMs } = request;
  const { promptTokens = null, generatedTokens = null } = timings ?? {};
  const times = { waitedMs, firstMs, totalMs };
  return { id, api, operation, model, variant, level, status, ...times, promptTokens, generatedTokens };
}
