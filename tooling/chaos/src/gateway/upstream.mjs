import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROUTES } from './routes.mjs';

/** What it lists where it is asked. */
export const MODEL = 'tale';

const PIECES = 12;
/** How a server fares: `delayMs` before each piece, and after how many pieces it hangs up. */
export const MOODS = {
  well: { delayMs: 1, cutAfter: null, refuses: false },
  slow: { delayMs: 12, cutAfter: null, refuses: false },
  cut: { delayMs: 1, cutAfter: 5, refuses: false },
  'cut at once': { delayMs: 1, cutAfter: 0, refuses: false },
  refusing: { delayMs: 1, cutAfter: null, refuses: true },
  down: null,
};

/** The whole answer to request `n` by a variant. */
export const textOf = (variant, n) => pieces(variant, n).join('');

const pieces = (variant, n) => Array.from({ length: PIECES }, (_, index) => `${variant} ${n}.${index} `);

/** A server that speaks all dialects, says which variant and which request it answers, and can be put into any mood. */
export async function startUpstream() {
  let mood = 'well';
  let server = null;
  let port = 0;
  const seen = new Map();
  const state = { running: 0 };
  const listen = async () => {
    server = createServer((request, response) => void answer(request, response, MOODS[mood], seen, state));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address());
  };
  const hangUp = async () => {
    const gone = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await gone;
    server = null;
  };
  await listen();
  return {
    address: `http://127.0.0.1:${port}`,
    /** How often each request came. */
    seen,
    state,
    async put(next) {
      mood = next;
      if (next === 'down' && server !== null) await hangUp();
      if (next !== 'down' && server === null) await listen();
    },
    close: async () => (server === null ? undefined : hangUp()),
  };
}

async function answer(request, response, mood, seen, state) {
  state.running += 1;
  response.once('close', () => (state.running -= 1));
  response.on('error', () => undefined);
  let text = '';
  try {
    for await (const piece of request) text += piece;
  } catch {
    return;
  }
  if (request.method === 'GET') return answerModels(response, mood);
  const asked = JSON.parse(text);
  const n = Number(/request (\d+)/.exec(text)?.[1]);
  seen.set(n, (seen.get(n) ?? 0) + 1);
  if (mood?.refuses !== false) {
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":"the server is overloaded"}');
    return;
  }
  const streams = asked.stream ?? request.url.startsWith('/api/');
  const route = Object.values(ROUTES).find(({ path, write }) => path === request.url && (write !== null) === streams);
  if (streams) response.writeHead(200, { 'content-type': 'text/plain' });
  for (const [index, piece] of pieces(asked.model, n).entries()) {
    if (index === mood.cutAfter) response.destroy();
    if (response.destroyed) return;
    if (streams) response.write(route.write(asked.model, piece));
    await sleep(mood.delayMs);
  }
  response.end(route.end(asked.model, textOf(asked.model, n)));
}

function answerModels(response, mood) {
  if (mood?.refuses !== false) response.writeHead(503).end('{"error":"the server is overloaded"}');
  else if (mood.cutAfter === 0) response.destroy();
  else response.end(JSON.stringify({ object: 'list', data: [{ id: MODEL, object: 'model' }] }));
}
