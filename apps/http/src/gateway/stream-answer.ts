import type { GenerateTextEvent } from '@plimsoll/application';
import type { StreamWriter } from '@plimsoll/protocol';
import { settledOrSilence } from '../server/settled-or-silence.js';
import { failureOf } from './failure.js';

/**
 * The wire text of a generation. Nothing is written before its first event, so that a failure before it is thrown and
 * answered with its status; silence beyond `aliveMs` opens the stream all the same, since clients give up on it. A
 * failure after that becomes the stream's last words.
 */
export async function* streamAnswer(
  events: AsyncIterator<GenerateTextEvent>,
  writer: StreamWriter,
  aliveMs: number,
): AsyncGenerator<string, void, void> {
  const state = { opened: false };
  const open = (text: string): string => {
    const whole = state.opened ? text : writer.begin() + text;
    state.opened = true;
    return whole;
  };
  try {
    for (;;) {
      const next = events.next();
      // The consumer may leave while it is on its way.
      next.catch(() => undefined);
      while ((await settledOrSilence(next, aliveMs)) === 'silence') yield open(writer.alive());
      const result = await next;
      if (result.done === true) return;
      if (result.value.type === 'variant') continue;
      const text = writer.event(result.value);
      if (text !== '' || !state.opened) yield open(text);
    }
  } catch (error) {
    if (!state.opened) throw error;
    yield writer.failed(failureOf(error));
  } finally {
    await events.return?.();
  }
}
