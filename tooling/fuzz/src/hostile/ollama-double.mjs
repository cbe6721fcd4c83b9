import { createHash } from 'node:crypto';
import { linkSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * As much of an Ollama server as importing and pulling need. It believes in a blob only when its digest is right, and
 * remembers what it was asked to do that it should not have been.
 */
export async function startOllamaDouble(models) {
  const blobs = new Set();
  const installed = new Map();
  const faults = [];
  for (const [name, file] of Object.entries(models)) {
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    const blob = path.join(path.dirname(file), `sha256-${digest}`);
    linkSync(file, blob);
    installed.set(name, { blob, size: statSync(file).size });
  }
  const levelOf = (name) => /(?:^|[-:])((?:f|q|bf)\w+)$/u.exec(name)?.[1]?.toUpperCase() ?? 'F16';
  const routes = {
    'GET /api/version': () => ({ version: '0.34.2' }),
    'GET /api/ps': () => ({ models: [] }),
    'GET /api/tags': () => ({
      models: [...installed].map(([name, { size }]) => ({
        ...{ name, model: name, size, digest: createHash('sha256').update(name).digest('hex') },
        details: { quantization_level: levelOf(name), family: 'llama', format: 'gguf' },
      })),
    }),
    'POST /api/show': ({ model }) =>
      installed.has(model)
        ? { modelfile: `FROM ${installed.get(model).blob}`, details: { quantization_level: levelOf(model) } }
        : null,
    'POST /api/generate': ({ model }) => ({ model, response: 'Once', done: true, done_reason: 'stop' }),
    'DELETE /api/delete': ({ model }) => (installed.delete(model), {}),
    async *'POST /api/create'({ model, files = {} }) {
      const given = Object.values(files);
      const known = given.filter((digest) => blobs.has(digest));
      if (known.length < given.length) faults.push(`asked to make ${model} of a blob that is not there`);
      yield { status: 'parsing GGUF' };
      await sleep(20);
      yield { status: 'writing manifest' };
      installed.set(model, { blob: '/nowhere', size: 5_000_000 });
      yield { status: 'success' };
    },
    async *'POST /api/pull'({ model }) {
      yield { status: 'pulling manifest' };
      for (let completed = 0; completed <= 5; completed += 1) {
        yield { status: 'pulling 1', digest: 'sha256:1', total: 5, completed };
        await sleep(30);
      }
      installed.set(model, { blob: '/nowhere', size: 5_000_000 });
      yield { status: 'success' };
    },
  };
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    void answer(request, response).catch(() => response.destroy());
  });
  async function answer(request, response) {
    const [, digest] = /^\/api\/blobs\/(sha256:\w+)$/u.exec(request.url) ?? [];
    if (digest !== undefined && request.method === 'HEAD')
      return response.writeHead(blobs.has(digest) ? 200 : 404).end();
    const hash = createHash('sha256');
    const pieces = [];
    for await (const piece of request) {
      if (digest === undefined) pieces.push(piece);
      else hash.update(piece);
    }
    if (digest !== undefined) {
      const right = `sha256:${hash.digest('hex')}` === digest;
      if (right) blobs.add(digest);
      return response.writeHead(right ? 201 : 400).end();
    }
    const route = routes[`${request.method} ${request.url}`];
    const asked = pieces.length === 0 ? {} : JSON.parse(Buffer.concat(pieces).toString('utf8'));
    const found = route?.(asked) ?? null;
    if (found === null) return response.writeHead(404).end('{"error":"not found"}');
    if (found[Symbol.asyncIterator] === undefined) return response.end(JSON.stringify(found));
    for await (const line of found) {
      // A server gives up what nobody waits for any more.
      if (response.destroyed) return found.return();
      response.write(`${JSON.stringify(line)}\n`);
    }
    return response.end();
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** What it was wrongly asked for since the last look. */
    faults: () => faults.splice(0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
