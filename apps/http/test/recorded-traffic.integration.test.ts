import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayOver } from './gateway-over.js';
import type { GatewayOver } from './gateway-over.js';

/** What clients send that cannot be run here, written from the sources that the fixtures name; see their README. */
interface Recorded {
  readonly client: string;
  readonly exchanges: readonly Exchange[];
}

interface Exchange {
  readonly about: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `MODEL` stands for the model. */
  readonly body?: object;
  readonly status: number;
  readonly stream: 'ndjson' | 'sse' | null;
  /** What the client reads in each piece of a stream, and its type. */
  readonly each: Reads;
  /** What it reads in the last piece, or in the whole. */
  readonly last: Reads;
}

/** Places by their keys, `\.` for a dot in a key. */
type Reads = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>;

const MODEL = 'fable-5m-F16';
const folder = new URL('recorded/', import.meta.url);
const recordings = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(fileURLToPath(new URL(file, folder)), 'utf8')) as Recorded);

let gateway: GatewayOver;
beforeAll(async () => {
  gateway = await gatewayOver({ backend: 'embedded', quantizationEnabled: false });
});
afterAll(() => gateway.close());

const TYPES = { ndjson: /^application\/x-ndjson/, sse: /^text\/event-stream/, whole: /^application\/json/ };

describe.each(recordings)('$client', ({ exchanges }) => {
  test.each(exchanges)('$about', async ({ method, path, headers = {}, body, status, stream, each, last }) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body).replaceAll('"MODEL', `"${MODEL}`) };
    const answer = await fetch(`${gateway.url}${path}`, { method, headers, ...sent });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([status, text]);
    expect(answer.headers.get('content-type')).toMatch(TYPES[stream ?? 'whole']);
    const pieces = piecesOf(text, stream);
    for (const piece of pieces) expect(typesIn(piece, each)).toEqual(each);
    expect(typesIn(pieces.at(-1), last)).toEqual(last);
    if (stream === 'sse') expect(text).toMatch(/data: \[DONE\]\n\n$/);
    if (stream === 'ndjson') expect(pieces.at(-1)).toMatchObject({ done: true });
  });
});

function piecesOf(text: string, stream: Exchange['stream']): readonly unknown[] {
  if (stream === null) return [JSON.parse(text)];
  const lines = stream === 'ndjson' ? text.split('\n') : text.split('\n').map((line) => line.replace(/^data: /, ''));
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as unknown);
}

const typesIn = (piece: unknown, reads: Reads): object =>
  Object.fromEntries(Object.keys(reads).map((place) => [place, typeof at(piece, place)]));

const at = (piece: unknown, place: string): unknown =>
  place
    .split(/(?<!\\)\./)
    .map((key) => key.replace('\\.', '.'))
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      piece,
    );
