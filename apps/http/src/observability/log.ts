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
export function logged(request: FinishedRequest): object {
  const { id, api, operation, model, variant, level, status, waitedMs, firstMs, totalMs, timings } = request;
  const [promptTokens, generatedTokens] = [timings?.promptTokens ?? null, timings?.generatedTokens ?? null];
  return {
    ...{ id, api, operation, model, variant, level, status },
    ...{ waitedMs, firstMs, totalMs, promptTokens, generatedTokens },
  };
}
