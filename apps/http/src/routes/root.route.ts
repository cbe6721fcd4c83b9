import type { HttpServices } from '../server/http-services.js';
import type { HttpServer } from '../server/http-server.js';

/** How long a backend may take to say what it runs. */
const PATIENCE_MS = 2_000;

/** `GET /`: a page for people. Programs look here whether Ollama is up, and get its words. */
export function addRootRoute(server: HttpServer, services: Pick<HttpServices, 'backend'>): void {
  server.get('/', { schema: { hide: true } }, async (request, reply) => {
    const isForPeople = request.headers.accept?.includes('text/html') === true;
    return reply
      .header('content-type', isForPeople ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(isForPeople ? page(await whatRuns(services)) : 'Ollama is running');
  });
}

/** The backend and what it has loaded, in lines; why it does not say, when it does not. */
async function whatRuns(services: Pick<HttpServices, 'backend'>): Promise<readonly string[]> {
  try {
    const lease = await services.backend();
    try {
      const { runtime } = lease;
      const options = { signal: AbortSignal.timeout(PATIENCE_MS) };
      const { name, version, endpoint } = await runtime.info(options);
      const backend = `${name}${version === null ? '' : ` ${version}`}${endpoint === null ? '' : ` at ${endpoint}`}`;
      const resident = runtime.capabilities.residency ? await runtime.resident(options) : [];
      return [backend, ...resident.map((model) => `${model.name} is loaded`)];
    } finally {
      lease.release();
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPED[sign] ?? sign);

const page = (running: readonly string[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Plimsoll</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1b2733; }
  code { background: #eef2f5; padding: .1rem .3rem; border-radius: .2rem; }
  td { padding: .2rem 1rem .2rem 0; vertical-align: top; }
  @media (prefers-color-scheme: dark) { body { background: #10161c; color: #dce5ec; } code { background: #1f2a33; } }
</style>
<h1>Plimsoll is running</h1>
<ul>${running.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>
<p>Point a client at this address. Ask for a model by its base name, and the variant that this machine carries answers;
the header <code>x-plimsoll-variant</code> says which.</p>
<table>
  <tr><td>Ollama</td><td><code>/api/…</code></td></tr>
  <tr><td>OpenAI</td><td><code>/v1/…</code></td></tr>
  <tr><td>Anthropic</td><td><code>/v1/messages</code></td></tr>
  <tr><td>Plimsoll</td><td><a href="/api/plimsoll/v1/openapi.json"><code>/api/plimsoll/v1/openapi.json</code></a></td></tr>
</table>
<p><a href="/api/plimsoll/v1/models">Models</a> · <a href="/api/plimsoll/v1/gpu">Devices</a> ·
<a href="/api/plimsoll/v1/stats">Statistics</a> · <a href="/api/plimsoll/v1/settings">Settings</a></p>
</html>
`;
