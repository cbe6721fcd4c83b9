import { InvalidModelFileError, type CallOptions } from '@plimsoll/domain';
import type { ByteSource } from '../header/byte-source.js';
import { headerValue, type RemoteAnswer, type RemoteClient } from '@plimsoll/transport';

/** Small enough that a header never costs more than itself and a mebibyte, documents included. */
const CHUNK_BYTES = 512 * 1024;

/** Where and how to read. */
export interface RangeTarget {
  readonly url: URL;
  readonly name: string;
  readonly secretHeaders?: Readonly<Record<string, string>>;
  /** What the size must be, when something trustworthy has told. */
  readonly expectedBytes?: number | null;
  /** The ETag of the copy that is cached: an unchanged file is then not fetched. */
  readonly cachedEtag?: string | null;
}

/** A part of a file that was fetched. */
export interface FetchedRange {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** A file on a server, read by ranges. Keeps what it fetched, for the cache. */
export class RangeSource implements ByteSource {
  readonly name: string;
  readonly chunkBytes: number = CHUNK_BYTES;
  readonly size: number;
  readonly etag: string | null;
  readonly ranges: FetchedRange[] = [];
  private readonly client: RemoteClient;
  private readonly target: RangeTarget;
  private resolved: URL;

  private constructor(client: RemoteClient, target: RangeTarget, first: RemoteAnswer, size: number) {
    this.client = client;
    this.target = target;
    this.name = target.name;
    this.resolved = first.url;
    this.etag = headerValue(first.headers, 'etag');
    this.size = size;
    this.ranges.push({ offset: 0, bytes: first.body });
  }

  /**
   * Fetches the first range. Null when the server says that the cached copy is still right.
   *
   * @throws InvalidModelFileError when the server does not serve ranges truthfully; as RemoteClient.get.
   */
  static async open(client: RemoteClient, target: RangeTarget, options: CallOptions = {}): Promise<RangeSource | null> {
    const conditional = target.cachedEtag == null ? {} : { 'if-none-match': target.cachedEtag };
    const answer = await client.get(
      target.url,
      {
        headers: { range: `bytes=0-${CHUNK_BYTES - 1}`, ...conditional },
        secretHeaders: target.secretHeaders ?? {},
        maxBytes: CHUNK_BYTES,
        // An answer that was not asked for is an error: believing it would mean to ask again for ever.
        accept: target.cachedEtag == null ? [416] : [304, 416],
      },
      options,
    );
    if (answer.status === 304) return null;
    if (answer.status === 416)
      throw new InvalidModelFileError(`${target.name} is empty.`, { hint: 'Check the address.' });
    const size = checkRange(answer, target.name, 0, CHUNK_BYTES);
    if (target.expectedBytes != null && size !== target.expectedBytes) {
      throw untrue(target.name, `says the file has ${size} bytes, where ${target.expectedBytes} were announced`);
    }
    return new RangeSource(client, target, answer, size);
  }

  async read(target: Uint8Array, position: number, options: CallOptions = {}): Promise<number> {
    const known = this.fromFetched(target, position);
    if (known > 0 || position >= this.size) return known;
    const length = Math.min(target.length, this.size - position);
    const bytes = await this.fetch(position, length, options);
    this.ranges.push({ offset: position, bytes });
    target.set(bytes);
    return bytes.length;
  }

  private fromFetched(target: Uint8Array, position: number): number {
    const range = this.ranges.find(({ offset, bytes }) => offset <= position && position < offset + bytes.length);
    if (range === undefined) return 0;
    const from = position - range.offset;
    return range.bytes.copy(target, 0, from, from + target.length);
  }

  private async fetch(position: number, length: number, options: CallOptions): Promise<Buffer> {
    const request = { headers: { range: `bytes=${position}-${position + length - 1}` }, maxBytes: length };
    const sameOrigin = this.resolved.origin === this.target.url.origin;
    const secretHeaders = sameOrigin ? (this.target.secretHeaders ?? {}) : {};
    let answer = await this.client.get(
      this.resolved,
      { ...request, secretHeaders, accept: [401, 403, 404, 410] },
      options,
    );
    if (answer.status >= 400) {
      // The address that a redirect led to may have expired.
      answer = await this.client.get(
        this.target.url,
        { ...request, secretHeaders: this.target.secretHeaders ?? {} },
        options,
      );
      this.resolved = answer.url;
    }
    const size = checkRange(answer, this.name, position, length);
    if (size !== this.size) throw untrue(this.name, `says the file has ${size} bytes, and ${this.size} before`);
    const etag = headerValue(answer.headers, 'etag') ?? null;
    if (etag !== this.etag) throw untrue(this.name, 'changed the file while it was read');
    return answer.body;
  }
}

/** Holds an answer against the question; returns the size of the whole file. */
function checkRange(answer: RemoteAnswer, name: string, position: number, length: number): number {
  if (answer.status !== 206) throw untrue(name, `answers a range with HTTP ${answer.status} instead of 206`);
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(headerValue(answer.headers, 'content-range') ?? '');
  if (match === null) throw untrue(name, 'sends a range without saying which (no valid Content-Range)');
  const [first, last, size] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const expectedLast = Math.min(position + length, size) - 1;
  if (first !== position || last !== expectedLast) {
    throw untrue(name, `sends bytes ${first}-${last} where ${position}-${expectedLast} were asked for`);
  }
  if ((headerValue(answer.headers, 'content-encoding') ?? 'identity') !== 'identity') {
    throw untrue(name, 'sends the range compressed');
  }
  if (answer.body.length !== last - first + 1) {
    throw untrue(name, `sends ${answer.body.length} bytes where it announced ${last - first + 1}`);
  }
  return size;
}

function untrue(name: string, problem: string): InvalidModelFileError {
  return new InvalidModelFileError(`${name}: the server ${problem}.`, {
    hint: 'It does not serve ranges reliably, so the header cannot be read from afar: download the file first.',
  });
}
