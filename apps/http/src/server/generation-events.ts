import type { GenerateText, GenerateTextEvent } from '@plimsoll/application';
import { generationEvent } from '@plimsoll/contract';
import type { GenerationEventDocument } from '@plimsoll/contract';
import type { BuildProgress } from '@plimsoll/domain';
import { errorAnswer } from '../errors/error-answer.js';
import type { GenerateCall } from '../schemas/generate.schema.js';
import { LatestValue } from './latest-value.js';

/** How a generation is streamed. */
export interface GenerationStream {
  readonly generation: GenerateText;
  readonly call: GenerateCall;
  readonly signal: AbortSignal;
  /** A comment is sent after so much silence: clients and proxies give up on connections without a byte. */
  readonly heartbeatMs: number;
}

/**
 * A generation as server-sent events. The variant is held back until something follows, so that a failure before
 * the first text is thrown and can be answered with its status; a later one becomes an `error` event.
 */
export async function* generationEvents({
  generation,
  call,
  signal,
  heartbeatMs,
}: GenerationStream): AsyncGenerator<string> {
  const progress = new LatestValue<BuildProgress>();
  const { request, level, make } = call;
  const options = { level, make, signal, onProgress: (value: BuildProgress) => progress.put(value) };
  const source = generation.generate(request, options)[Symbol.asyncIterator]();
  let held = '';
  let began = false;
  // Asked for ahead, so that a consumer who leaves may never await it.
  const ahead = (): Promise<IteratorResult<GenerateTextEvent>> => {
    const result = source.next();
    result.catch(() => undefined);
    return result;
  };
  try {
    let next = ahead();
    for (;;) {
      const woken = await firstOf(next, progress, heartbeatMs);
      const news = progress.take();
      let text = news === null ? '' : serverSentEvent({ name: 'progress', data: news.value });
      if (woken === 'event') {
        const result = await next;
        if (result.done === true) break;
        next = ahead();
        if (result.value.type === 'variant') held = serverSentEvent(generationEvent(result.value));
        else {
          text += held + serverSentEvent(generationEvent(result.value));
          held = '';
        }
      } else if (woken === 'silence') {
        text += held === '' ? ': waiting\n\n' : held;
        held = '';
      }
      if (text === '') continue;
      began = true;
      yield text;
    }
  } catch (error) {
    if (!began) throw error;
    yield serverSentEvent({ name: 'error', data: errorAnswer(error).body.error });
  } finally {
    await source.return?.();
  }
}

async function firstOf(
  next: Promise<unknown>,
  progress: LatestValue<BuildProgress>,
  heartbeatMs: number,
): Promise<'event' | 'progress' | 'silence'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), heartbeatMs);
  });
  try {
    return await Promise.race([
      next.then(() => 'event' as const),
      progress.arrived().then(() => 'progress' as const),
      silence,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function serverSentEvent({ name, data }: GenerationEventDocument): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
