/** Ollama's error, as the body of a refusal or as the last line of a stream. */
export interface OllamaErrorBody {
  readonly error: string;
}

/** What to send for an error. */
export function ollamaError(message: string): OllamaErrorBody {
  return { error: message };
}

/**
 * The text of `{"error": …}` in an answer that was read as JSON; null when it is something else. A runner's own error
 * object inside of it is unwrapped.
 */
export function readOllamaError(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('error' in value)) return null;
  const { error } = value;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  if (typeof error !== 'string') return error === null || error === undefined ? null : JSON.stringify(error);
  return error.startsWith('{') ? (readOllamaError(jsonOrNull(error)) ?? error) : error;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
