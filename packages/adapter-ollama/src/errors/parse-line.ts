import { readOllamaError } from '@plimsoll/protocol/ollama';
import { parseJson, type HttpCall } from '@plimsoll/transport';
import { errorFromServer } from './server-failure.js';

/** One line of a stream. @throws what `{"error": …}` stands for: after the first byte the status is always 200. */
export function parseLine(line: string, call: HttpCall): unknown {
  return withoutError(parseJson(line, 'Ollama'), call);
}

/** The answer itself, unless it is an error with the status 200. */
export function withoutError(value: unknown, { model }: HttpCall): unknown {
  const message = readOllamaError(value);
  if (message === null) return value;
  const { status } = value as { status?: unknown };
  throw errorFromServer({ status: typeof status === 'number' ? status : null, message, model: model ?? null });
}
