import { Readable } from 'node:stream';
import type { BuildOptions, BuildProgress } from '@plimsoll/domain';
import { encodeLine } from '@plimsoll/protocol';
import { ollamaError } from '@plimsoll/protocol/ollama';
import type { FastifyReply } from 'fastify';
import type { BackendLease } from '../../server/http-services.js';
import { LatestValue } from '../../server/latest-value.js';
import { failureOf } from '../failure.js';
import { withBackend } from '../gateway-context.js';
import type { GatewayContext } from '../gateway-context.js';

/** Answers long work with lines of progress, or, when no stream is wanted, once with its end. */
export async function answerProgress(
  context: GatewayContext,
  stream: boolean,
  reply: FastifyReply,
  work: (lease: BackendLease, options: BuildOptions) => Promise<void>,
): Promise<FastifyReply> {
  const { signal, done } = context.running.begin(reply);
  reply.raw.once('close', done);
  if (!stream) {
    await withBackend(context, (lease) => work(lease, { signal }));
    return reply.send({ status: 'success' });
  }
  const lines = Readable.from(progressLines(context, signal, work), { objectMode: false });
  return reply.header('content-type', 'application/x-ndjson').send(lines);
}

async function* progressLines(
  context: GatewayContext,
  signal: AbortSignal,
  work: (lease: BackendLease, options: BuildOptions) => Promise<void>,
): AsyncGenerator<string> {
  const progress = new LatestValue<BuildProgress>();
  const onProgress = (value: BuildProgress): void => progress.put(value);
  const over = withBackend(context, (lease) => work(lease, { signal, onProgress })).then(() => 'over' as const);
  over.catch(() => undefined);
  try {
    for (;;) {
      const woken = await Promise.race([over, progress.arrived()]);
      const news = progress.take();
      if (news !== null) yield encodeLine(writeProgress(news.value));
      if (woken === 'over') break;
    }
    yield encodeLine({ status: 'success' });
  } catch (error) {
    yield encodeLine(ollamaError(failureOf(error).message));
  }
}

const writeProgress = ({ phase, completed, total, unit }: BuildProgress): object => ({
  status: phase,
  // Clients read these as bytes.
  ...(unit === 'bytes' && total !== null ? { total, completed: completed ?? 0 } : {}),
});
