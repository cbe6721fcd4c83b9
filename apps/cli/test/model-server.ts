import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A GGUF file that a server offers. */
export interface OfferedFile {
  readonly name: string;
  readonly data: Buffer;
}

/** A server on this machine that speaks as Hugging Face does: the list of a repository's files, and their ranges. */
export interface ModelServer {
  readonly url: string;
  /** Address of a file. */
  fileUrl(name: string): string;
  /** What was asked for, with the token that came along. */
  readonly seen: { readonly path: string; readonly token: string | null }[];
  readonly sentBytes: number;
  close(): Promise<void>;
}

const REPOSITORY = 'someone/fable';

/** Starts one. With a `token` it answers to nobody else. */
export async function startModelServer(
  files: readonly OfferedFile[],
  token: string | null = null,
): Promise<ModelServer> {
  const seen: { readonly path: string; readonly token: string | null }[] = [];
  let sentBytes = 0;
  const answer = ({ url = '', headers }: IncomingMessage, response: ServerResponse): void => {
    const given = headers.authorization?.replace(/^Bearer /, '') ?? null;
    seen.push({ path: url, token: given });
    if (token !== null && given !== token) return void response.writeHead(401).end();
    if (url.startsWith(`/api/models/${REPOSITORY}/tree/main`)) {
      const list = files.map(({ name, data }, index) => ({
        type: 'file',
        oid: '0'.repeat(40),
        path: name,
        size: data.length,
        lfs: { oid: String(index + 1).repeat(64), size: data.length, pointerSize: 134 },
      }));
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify(list));
    }
    const file = files.find(({ name }) => url === `/${REPOSITORY}/resolve/main/${name}`);
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
    if (file === undefined || range === null) return void response.writeHead(404).end();
    const [from, to] = [Number(range[1]), Math.min(Number(range[2]), file.data.length - 1)];
    sentBytes += to - from + 1;
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${file.data.length}` });
    response.end(file.data.subarray(from, to + 1));
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    fileUrl: (name) => `${url}/${REPOSITORY}/resolve/main/${name}`,
    seen,
    get sentBytes() {
      return sentBytes;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
