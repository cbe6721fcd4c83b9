import type { Warning } from '@plimsoll/application';
import { openPlimsoll } from '@plimsoll/composition';
import { warningWords } from '@plimsoll/contract';
import { httpServices, startServer } from '@plimsoll/http';
import type { StartedServer } from '@plimsoll/http';

/** Serves the models of this machine at a free port of 127.0.0.1, with the settings of `configPath`. */
export async function serve(configPath: string, log: (line: string) => void): Promise<StartedServer> {
  const warn = (warning: Warning): void => log(warningWords(warning));
  const plimsoll = await openPlimsoll({ config: { path: configPath }, follow: true, warn });
  const server = await startServer({
    services: await httpServices(plimsoll),
    host: '127.0.0.1',
    port: 0,
    onRequest: ({ method, route, status }) => log(`${method} ${route} ${status}`),
  });
  log(`Listening at ${server.url}`);
  return server;
}
