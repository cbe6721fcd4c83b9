import { readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** One question to a real Ollama server and what it answered. */
export interface Exchange {
  /** What was tried, where it is not plain. */
  readonly about?: string;
  readonly method: string;
  readonly path: string;
  /** The JSON that was sent; null for none or for the bytes of a file. */
  readonly body: unknown;
  readonly status: number;
  readonly type: string | null;
  readonly answer: string;
  /** True when the client left before the answer was whole. */
  readonly left: boolean;
}

/** What a fixture file holds. */
export interface Recording {
  /** Which server gave the answers. */
  readonly server: string;
  readonly exchanges: readonly Exchange[];
}

const FIXTURES = fileURLToPath(new URL('../../src/__fixtures__/', import.meta.url));

/** Reads a fixture of `src/__fixtures__`. */
export function recording(name: string): Recording {
  return JSON.parse(readFileSync(`${FIXTURES}${name}.json`, 'utf8')) as Recording;
}

/** The recordings of one kind, of every version that was recorded, newest first. */
export function recordings(name: string): readonly Recording[] {
  const files = readdirSync(FIXTURES).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.json'));
  return files
    .sort()
    .reverse()
    .map((file) => recording(file.slice(0, -'.json'.length)));
}

/** Whether runs against real servers are kept. */
export const isRecording = (process.env['PLIMSOLL_RECORD'] ?? '') !== '';

/** Keeps what a real server answered as the fixture of its version, when `PLIMSOLL_RECORD` is set. */
export async function saveRecording(name: string, version: string, exchanges: readonly Exchange[]): Promise<void> {
  if (!isRecording) return;
  const kept: Recording = { server: `Ollama ${version}`, exchanges };
  await writeFile(`${FIXTURES}${name}-${version}.json`, `${JSON.stringify(kept, null, 1)}\n`);
}

/** A server that is listening, and how to stop it. */
export interface RunningServer {
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts listening on a free port of the loopback address. */
export async function listen(server: Server): Promise<RunningServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Answers as the recorded server did: the same question gets its recorded answers in their order, the last one
 * again and again. An answer that the client left early is held open at the place where it did.
 */
export async function replay({ exchanges }: Recording): Promise<RunningServer> {
  const played = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const key = keyOf(incoming.method ?? '', incoming.url ?? '', jsonOrNull(incoming, await bodyOf(incoming)));
      const answers = exchanges.filter((one) => keyOf(one.method, one.path, one.body) === key);
      const turn = played.get(key) ?? 0;
      played.set(key, turn + 1);
      const answer = answers[Math.min(turn, answers.length - 1)];
      if (answer === undefined) {
        outgoing.writeHead(500).end(JSON.stringify({ error: `not recorded: ${key}` }));
        return;
      }
      outgoing.writeHead(answer.status, answer.type === null ? {} : { 'content-type': answer.type });
      for (const line of answer.answer.split(/(?<=\n)/)) {
        outgoing.write(line);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (!answer.left) outgoing.end();
    })();
  });
  return listen(server);
}

/** Stands between a client and a real server and keeps what both said. */
export async function record(target: string, exchanges: Exchange[]): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await bodyOf(incoming);
      const { method = '', url = '', headers } = incoming;
      const chunks: Buffer[] = [];
      const upstream = httpRequest(`${target}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          outgoing.write(chunk);
        });
        answer.on('end', () => outgoing.end());
        outgoing.on('close', () => {
          exchanges.push({
            method,
            path: url,
            body: jsonOrNull(incoming, body),
            status: answer.statusCode ?? 500,
            type: answer.headers['content-type'] ?? null,
            answer: scrub(Buffer.concat(chunks).toString('utf8')),
            left: !outgoing.writableFinished,
          });
          upstream.destroy();
        });
      });
      upstream.on('error', () => outgoing.destroy());
      upstream.end(body);
    })();
  });
  return listen(server);
}

const keyOf = (method: string, path: string, body: unknown): string => `${method} ${path} ${JSON.stringify(body)}`;

function jsonOrNull(incoming: IncomingMessage, body: Buffer): unknown {
  return incoming.headers['content-type'] === 'application/json' ? JSON.parse(body.toString('utf8')) : null;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Where a server keeps its files and whom it asks for names says nothing about its API. */
function scrub(answer: string): string {
  return (
    answer
      .replaceAll(/[^\s"\\]*\/(?=(?:blobs|manifests)\/)/g, (path) => (path.includes('://') ? path : '/models/'))
      .replaceAll(/ on \d+\.\d+\.\d+\.\d+:53/g, ' on 127.0.0.1:53')
      // The vocabulary: long, and nobody reads it.
      .replaceAll(/("tokenizer\.ggml\.\w+"):\[[^\]]{2000,}?\](?=[,}])/g, '$1:null')
  );
}
