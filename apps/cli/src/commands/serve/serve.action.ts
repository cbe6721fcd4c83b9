import type { SettingFlags } from '@plimsoll/adapter-config';
import { openPlimsoll } from '@plimsoll/composition';
import type { ServeDocument } from '@plimsoll/contract';
import { InvalidInputError } from '@plimsoll/domain';
import type { AdmissionLimits, StartServerOptions } from '@plimsoll/http';
import { EXIT } from '../../errors/exit-codes.js';
import { describeFailure, renderFailure } from '../../errors/report-failure.js';
import { isTerminated } from '../../errors/stop-request.js';
import type { CommandContext } from '../command-context.js';
import { plimsollOptions } from '../with-plimsoll.js';
import { managerNotices } from './notify-manager.js';
import { MOVED_ADDRESS, OLLAMA_PORT, movedOllama } from './take-over.js';
import type { ServeFlags } from './serve.flags.js';

/** Longest that running answers are waited for after Ctrl-C. */
const FAREWELL_MS = 5000;
const MS_PER_SECOND = 1000;

/** `plimsoll serve`. Ctrl-C is how it ends. */
export async function serve(context: CommandContext, flags: ServeFlags): Promise<number> {
  const { output, signal } = context;
  const settings = await flagSettings(flags);
  const manager = managerNotices(context.env);
  const plimsoll = await openPlimsoll({
    ...plimsollOptions(context, { ...flags, settings }),
    ...{ follow: true, gatherRecords: true },
    govern: flags.governor === 'off' ? undefined : { mode: flags.governor ?? 'active' },
  });
  const { createLog, httpServices, keepMemoryYoung, startServer } = await import('@plimsoll/http');
  keepMemoryYoung();
  const services = await httpServices(plimsoll);
  const server = await startServer({
    services,
    ...plimsoll.loaded.settings.http,
    token: context.env['PLIMSOLL_HTTP_TOKEN'] || null,
    adminToken: context.env['PLIMSOLL_HTTP_ADMIN_TOKEN'] || null,
    admission: admissionLimits(flags),
    telemetry: telemetryOptions(context.env),
    log: flags.log === undefined ? undefined : createLog(flags.log, process.stderr),
    onInternalError: (error) => output.note(renderFailure(describeFailure(error), output.errorStyle)),
  });
  const document: ServeDocument = { schema: 'plimsoll.serve/1', url: server.url };
  output.result(
    document,
    () => `Listening at ${output.style.bold(server.url)} (API: ${server.url}/api/plimsoll/v1/models). Ctrl-C ends it.`,
  );
  manager.ready();
  await aborted(signal);
  manager.stopping();
  await server.close(FAREWELL_MS);
  manager.end();
  // To a service manager, a service that stops when it is told to has done its job.
  return isTerminated(signal) ? EXIT.done : EXIT.interrupted;
}

/** What is not given is left to the server. */
export function admissionLimits({ concurrent, maxQueue, queueWait }: ServeFlags): Partial<AdmissionLimits> {
  return {
    ...(concurrent === undefined ? {} : { concurrent }),
    ...(maxQueue === undefined ? {} : { mostWaiting: maxQueue }),
    ...(queueWait === undefined ? {} : { waitMs: queueWait * MS_PER_SECOND }),
  };
}

/** OpenTelemetry's own variables; without an endpoint nothing is sent. */
function telemetryOptions(env: CommandContext['env']): StartServerOptions['telemetry'] {
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_SDK_DISABLED'] === 'true') return undefined;
  if (!URL.canParse(endpoint)) {
    throw new InvalidInputError(`OTEL_EXPORTER_OTLP_ENDPOINT is not a URL: ${endpoint}.`, {
      hint: 'Set one such as http://127.0.0.1:4318.',
    });
  }
  return { endpoint, serviceName: env['OTEL_SERVICE_NAME'] || undefined };
}

async function flagSettings({ port, takeOver }: ServeFlags): Promise<SettingFlags> {
  if (takeOver === undefined) return port === undefined ? {} : { http: { port } };
  const ollamaHost = await movedOllama(takeOver === true ? MOVED_ADDRESS : takeOver);
  return { backend: 'ollama', ollamaHost, http: { port: port ?? OLLAMA_PORT } };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
