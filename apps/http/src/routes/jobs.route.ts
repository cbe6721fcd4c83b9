import { failureSchema } from '@plimsoll/contract/schemas';
import { z } from 'zod';
import { refusal } from '../errors/error-body.js';
import { RefusedError } from '../errors/refused-error.js';
import type { Job, JobState } from '../jobs/job.js';
import { jobWork } from '../jobs/job-work.js';
import type { Jobs } from '../jobs/jobs.js';
import { jobCallSchema, jobSchema } from '../schemas/job.schema.js';
import type { Access } from '../security/access.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';
import { sendEvents } from '../server/send-events.js';
import type { SentEvent } from '../server/send-events.js';

const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

const DESCRIPTION = `\`job\` events with the whole job, each with an id. A client that lost its connection sends the \
last id as \`Last-Event-ID\`, which browsers do by themselves, and goes on behind it.`;

/** What the routes work with. */
export interface JobsRouteOptions {
  readonly services: HttpServices;
  readonly access: Access;
  readonly jobs: Jobs;
  readonly heartbeatMs: number;
}

const params = z.object({ id: z.string().max(64) });

/** `/jobs`: quantizing, pulling and comparing, which go on when whoever asked for them leaves. */
export function addJobsRoutes(server: HttpServer, { services, access, jobs, heartbeatMs }: JobsRouteOptions): void {
  const response = { 200: jobSchema, default: failureSchema };
  server.post(
    '/jobs',
    {
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { summary: 'Begins a job', body: jobCallSchema, response: { 202: jobSchema, default: failureSchema } },
    },
    async (request, reply) => {
      const call = request.body;
      const names = call.kind === 'compare' ? [call.request.model] : [call.model];
      await access.assertMayRequest(request, [
        ...names,
        ...(call.kind === 'quantize' ? [call.target ?? []].flat() : []),
      ]);
      const job = jobs.start(call.kind, jobWork(services, call));
      return reply
        .code(202)
        .header('location', `${request.url.split('?', 1)[0] ?? ''}/${job.id}`)
        .send(job);
    },
  );
  server.get(
    '/jobs',
    { schema: { summary: 'Jobs, newest first', response: { 200: z.object({ jobs: z.array(jobSchema) }) } } },
    async () => ({ jobs: [...jobs.list()] }),
  );
  server.get('/jobs/:id', { schema: { summary: 'One job as it stands', params, response } }, async (request) =>
    known(jobs.get(request.params.id)),
  );
  server.delete('/jobs/:id', { schema: { summary: 'Cancels a job', params, response } }, async (request) =>
    known(jobs.cancel(request.params.id)),
  );
  server.get(
    '/jobs/:id/events',
    {
      schema: {
        summary: 'Follows a job, as server-sent events',
        description: DESCRIPTION,
        params,
        response: {
          200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: z.string() } } },
          default: failureSchema,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      known(jobs.get(id));
      const last = Number(request.headers['last-event-id'] ?? 0);
      const states = jobs.follow(id, Number.isSafeInteger(last) ? last : 0, abortOnDisconnect(reply));
      return sendEvents(reply, told(states), heartbeatMs);
    },
  );
}

async function* told(states: AsyncIterable<JobState>): AsyncGenerator<SentEvent> {
  for await (const { version, job } of states) yield { id: version, name: 'job', data: job };
}

function known(job: Job | null): Job {
  if (job === null) throw new RefusedError(refusal(404, 'not-found', 'There is no such job.'));
  return job;
}
