import type { FastifyReply } from 'fastify';

/** A signal that aborts when the client goes away before its answer is complete. */
export function abortOnDisconnect(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
