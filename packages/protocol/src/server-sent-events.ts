import { BackendFailedError } from '@plimsoll/domain';

/** Longest event that is accepted, in characters: far above any chunk with log-probabilities. */
const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024;

/** The data of the event that ends a stream of OpenAI's. */
export const DONE = '[DONE]';

/** One event as it goes over the wire, its data as JSON; text is sent as it is. Anthropic names its events. */
export function encodeEvent(data: unknown, name: string | null = null): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const fields = text.split(/\r\n|\n|\r/).map((line) => `data: ${line}\n`);
  return `${name === null ? '' : `event: ${name}\n`}${fields.join('')}\n`;
}

/**
 * Yields the `data` of each server-sent event. Comments, other fields and an unfinished event at the end are
 * dropped; `error` fields, which some servers write instead of `data`, are yielded too.
 * @throws BackendFailedError when an event grows beyond a fixed bound.
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  let data: string[] = [];
  let size = 0;
  for await (const line of lines(body)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
      size = 0;
      continue;
    }
    const field = /^(data|error):/.exec(line)?.[0];
    if (field === undefined) continue;
    const value = line.slice(field.length).replace(/^ /, '');
    size += value.length;
    assertBounded(size);
    data.push(value);
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const bytes of body) {
    pending += decoder.decode(bytes, { stream: true });
    const parts = pending.split(/\r\n|\n|\r(?!$)/);
    pending = parts.pop() ?? '';
    assertBounded(pending.length);
    yield* parts;
  }
  if (pending.endsWith('\r')) yield pending.slice(0, -1);
}

function assertBounded(characters: number): void {
  if (characters > MAX_EVENT_CHARACTERS) {
    throw new BackendFailedError('The server sent an event without end; the answer was given up.', {
      hint: 'Check that the base URL points to an OpenAI-compatible server.',
    });
  }
}
