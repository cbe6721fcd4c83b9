import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file as a server holds it: a header and a hole. */
export interface ServedFile {
  readonly header: Uint8Array;
  /** Whole size; the rest after the header is zeros. */
  readonly size: number;
  readonly etag?: string;
}

/** How a server may treat a range request. */
export type Behaviour =
  | 'honest'
  | 'ignores-ranges'
  | 'shifts-ranges'
  | 'no-content-range'
  | 'grows'
  | 'changes-etag'
  | 'cuts'
  | 'sends-more'
  | 'compresses'
  | 'stalls'
  | 'throttles'
  | 'breaks-once'
  | { readonly redirect: string; readonly status?: number };

/** What a route answers. */
export type Route =
  | { readonly file: ServedFile; readonly behaviour?: Behaviour }
  | { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** One request as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | null;
  readonly headers: IncomingMessage['headers'];
}

/** A local server that speaks the protocols of the real ones, or lies about them. */
export interface RangeServer {
  readonly baseUrl: string;
  readonly routes: Map<string, Route>;
  readonly requests: SeenRequest[];
  /** Bytes of bodies sent. */
  sentBytes(): number;
  close(): Promise<void>;
}

/** Starts a server on a free loopback port. */
export async function startRangeServer(): Promise<RangeServer> {
  const routes = new Map<string, Route>();
  const requests: SeenRequest[] = [];
  let sent = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const range = request.headers.range ?? null;
    requests.push({ path, range, headers: request.headers });
    const visits = requests.filter((seen) => seen.path === path).length;
    const write = (bytes: Uint8Array): void => {
      sent += bytes.length;
      response.write(bytes);
    };
    const route = routes.get(path);
    if (route === undefined) response.writeHead(404).end();
    else if ('status' in route) response.writeHead(route.status, route.headers).end();
    else if ('json' in route) {
      response.writeHead(200, { 'content-type': 'application/json', ...route.headers });
      write(Buffer.from(JSON.stringify(route.json)));
      response.end();
    } else serveFile(route.file, route.behaviour ?? 'honest', { request, response, write, visits });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    routes,
    requests,
    sentBytes: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly write: (bytes: Uint8Array) => void;
  readonly visits: number;
}

function serveFile(file: ServedFile, behaviour: Behaviour, { request, response, write, visits }: Exchange): void {
  if (typeof behaviour === 'object') {
    response.writeHead(behaviour.status ?? 307, { location: behaviour.redirect }).end();
    return;
  }
  const etag = behaviour === 'changes-etag' ? `"v${visits}"` : file.etag;
  const tag = etag === undefined ? {} : { etag };
  if (file.etag !== undefined && request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, tag).end();
    return;
  }
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (match === null || behaviour === 'ignores-ranges') {
    response.writeHead(200, { 'content-length': file.size, ...tag });
    write(slice(file, 0, Math.min(file.size, 1 << 20) - 1));
    return;
  }
  const shift = behaviour === 'shifts-ranges' ? 1 : 0;
  const first = Number(match[1]) + shift;
  const last = Math.min(Number(match[2]) + shift, file.size - 1);
  if (first > last) {
    response.writeHead(416, { 'content-range': `bytes */${file.size}` }).end();
    return;
  }
  const size = behaviour === 'grows' ? file.size + visits : file.size;
  const body = slice(file, first, last);
  const extra = behaviour === 'sends-more' ? 64 : 0;
  response.writeHead(206, {
    ...(behaviour === 'no-content-range' ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
    ...(behaviour === 'compresses' ? { 'content-encoding': 'gzip' } : {}),
    ...(behaviour === 'sends-more' ? {} : { 'content-length': body.length }),
    ...tag,
  });
  if (behaviour === 'stalls') {
    write(body.subarray(0, 10));
  } else if (behaviour === 'cuts' || (behaviour === 'breaks-once' && visits === 1)) {
    write(body.subarray(0, body.length >> 1));
    setTimeout(() => response.destroy(), 20);
  } else if (behaviour === 'throttles') {
    void drip(body, response, write);
  } else {
    write(body);
    if (extra > 0) write(new Uint8Array(extra));
    response.end();
  }
}

async function drip(body: Uint8Array, response: ServerResponse, write: (bytes: Uint8Array) => void): Promise<void> {
  const step = Math.ceil(body.length / 20);
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    write(body.subarray(at, at + step));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  response.end();
}

function slice(file: ServedFile, first: number, last: number): Uint8Array {
  const bytes = new Uint8Array(last - first + 1);
  bytes.set(file.header.subarray(Math.min(first, file.header.length), last + 1));
  return bytes;
}
