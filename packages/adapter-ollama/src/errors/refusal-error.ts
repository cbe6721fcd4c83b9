import { BackendFailedError } from '@plimsoll/domain';
import { readOllamaError } from '@plimsoll/protocol/ollama';
import type { HttpCall, Refusal } from '@plimsoll/transport';
import { errorFromServer } from './server-failure.js';

/** The error that stands for an answer with a status of 400 or above. */
export function refusalError({ status, text }: Refusal, call: HttpCall, address: string): Error {
  const message = errorText(text);
  if (status === 404 && message === null) {
    return new BackendFailedError(`${address} does not know ${call.path}; it may not be an Ollama server.`, {
      hint: 'Check ollama_host (or OLLAMA_HOST), and update Ollama when it is old.',
    });
  }
  const said = message ?? (text.trim().slice(0, 200) || `HTTP ${status}`);
  return errorFromServer({ status, message: said, model: call.model ?? null });
}

function errorText(body: string): string | null {
  try {
    return readOllamaError(JSON.parse(body));
  } catch {
    return null;
  }
}
