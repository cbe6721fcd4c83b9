import { BackendUnreachableError, InvalidInputError } from '@plimsoll/domain';

/** Where clients look for Ollama. */
export const OLLAMA_PORT = 11434;
/** Where it is looked for when it was moved. */
export const MOVED_ADDRESS = 'http://127.0.0.1:11436';

const ASK_MS = 5_000;
const HOW = `Start it there with: OLLAMA_HOST=127.0.0.1:11436 ollama serve`;

/**
 * The address of the Ollama that was moved away from its usual port.
 * @throws InvalidInputError when it would be Plimsoll itself, BackendUnreachableError when no Ollama answers there
 */
export async function movedOllama(address: string): Promise<string> {
  const text = /^https?:/i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text)) throw new InvalidInputError(`--take-over names ${address}, which is not an address.`);
  const url = new URL(text);
  if (Number(url.port) === OLLAMA_PORT && /^(?:localhost|127\.|\[::1\])/.test(url.hostname)) {
    throw new InvalidInputError(`--take-over names ${address}, the very place that is to be taken over.`, {
      hint: HOW,
    });
  }
  try {
    const answer = await fetch(new URL('/api/version', url), { signal: AbortSignal.timeout(ASK_MS) });
    if (answer.ok) return url.origin;
    throw new Error(`HTTP ${answer.status}`);
  } catch (cause) {
    throw new BackendUnreachableError(`No Ollama answers at ${url.origin}.`, { cause, hint: HOW });
  }
}
