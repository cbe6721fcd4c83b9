import { createHash } from 'node:crypto';
import { BackendFailedError, isPlimsollError, type CallOptions, type ModelHeader } from '@plimsoll/domain';
import { CachedSource, CacheMissError } from '../cache/cached-source.js';
import type { CachedFile, HeaderCache } from '../cache/header-cache.js';
import { defaultLimits, readHeader, type HeaderLimits } from '../header/read-header.js';
import { mergeParts } from '../header/merge-parts.js';
import { RangeSource } from './range-source.js';
import { headerValue, type RemoteClient } from '@plimsoll/transport';

/** One remote file of a model. */
export interface RemoteFile {
  readonly url: URL;
  readonly name: string;
  /** `sha256:…` when known: the same bytes at that server, for ever. */
  readonly digest: string | null;
  readonly expectedBytes: number | null;
  readonly secretHeaders?: Readonly<Record<string, string>>;
}

/** A document, such as a file list or a manifest. */
export interface RemoteDocument {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** What its bytes must hash to, `sha256:…`, where that is known. */
  readonly digest?: string;
}

const OFFLINE_CODES: ReadonlySet<string> = new Set(['backend-unreachable', 'timeout', 'busy', 'backend-failed']);

/**
 * Reads headers and documents of remote servers through the cache. A file with a known digest is fetched once;
 * one without is asked for by its ETag; when the server cannot be reached, what is cached stands in.
 */
export class RemoteReader {
  private readonly client: RemoteClient;
  private readonly cache: HeaderCache;
  private readonly maxHeaderBytes: number;

  constructor(client: RemoteClient, cache: HeaderCache, maxHeaderBytes: number = 64 * 2 ** 20) {
    this.client = client;
    this.cache = cache;
    this.maxHeaderBytes = maxHeaderBytes;
  }

  /** Bytes fetched so far. */
  get fetchedBytes(): number {
    return this.client.fetchedBytes;
  }

  /** The merged header of a model's files, in order. */
  async model(files: readonly RemoteFile[], options: CallOptions): Promise<ModelHeader> {
    const limits = { ...defaultLimits(), maxHeaderBytes: this.maxHeaderBytes };
    const headers: ModelHeader[] = [];
    for (const file of files) headers.push(await this.header(file, options, limits));
    return mergeParts(
      headers,
      files.map(({ name }) => name),
    );
  }

  /** A document and its Link header. When the server cannot be reached, what is cached stands in. */
  async document(
    document: RemoteDocument,
    options: CallOptions,
  ): Promise<{ readonly body: Buffer; readonly link: string | null }> {
    const key = `document:${document.url.href}`;
    try {
      const answer = await this.client.get(document.url, document, options);
      checkDigest(document, answer.body);
      const link = headerValue(answer.headers, 'link');
      const ranges = [{ offset: 0, bytes: answer.body }];
      await this.cache.put(key, { size: answer.body.length, etag: link, ranges });
      return { body: answer.body, link };
    } catch (error) {
      const cached = isOffline(error) ? await this.cache.get(key) : null;
      const body = cached?.ranges[0]?.bytes;
      if (cached === null || body === undefined) throw error;
      return { body: Buffer.from(body), link: cached.etag };
    }
  }

  private async header(file: RemoteFile, options: CallOptions, limits: HeaderLimits): Promise<ModelHeader> {
    // Ranges cannot be held against the digest of the whole file, so one server's word does not count for another's.
    const key = file.digest === null ? `url:${file.url.href}` : `digest:${file.url.origin}:${file.digest}`;
    const cached = await this.cache.get(key);
    if (cached !== null && file.digest !== null) {
      const header = await this.fromCache(cached, file, options, limits);
      if (header !== null) return header;
    }
    return this.fromServer(file, key, cached, options, limits);
  }

  private async fromServer(
    file: RemoteFile,
    key: string,
    cached: CachedFile | null,
    options: CallOptions,
    limits: HeaderLimits,
  ): Promise<ModelHeader> {
    const target = { ...file, cachedEtag: file.digest === null ? (cached?.etag ?? null) : null };
    let source: RangeSource | null;
    try {
      source = await RangeSource.open(this.client, target, options);
    } catch (error) {
      const header = cached !== null && isOffline(error) ? await this.fromCache(cached, file, options, limits) : null;
      if (header === null) throw error;
      return header;
    }
    if (source === null) {
      const header = cached === null ? null : await this.fromCache(cached, file, options, limits);
      if (header !== null) return header;
      // The cached copy is of no use: ask again without its ETag.
      return this.fromServer(file, key, null, options, limits);
    }
    const header = await readHeader(source, options, limits);
    await this.cache.put(key, { size: source.size, etag: source.etag, ranges: source.ranges });
    return header;
  }

  private async fromCache(
    cached: CachedFile,
    file: RemoteFile,
    options: CallOptions,
    limits: HeaderLimits,
  ): Promise<ModelHeader | null> {
    try {
      return await readHeader(new CachedSource(cached, file.name), options, limits);
    } catch (error) {
      if (error instanceof CacheMissError) return null;
      throw error;
    }
  }
}

/** @throws BackendFailedError */
function checkDigest({ digest, url }: RemoteDocument, body: Buffer): void {
  if (digest === undefined || `sha256:${createHash('sha256').update(body).digest('hex')}` === digest) return;
  throw new BackendFailedError(`${url.host}${url.pathname} is not what was announced: its digest is another.`, {
    hint: 'Try again; if it happens every time, do not trust this server.',
  });
}

function isOffline(error: unknown): boolean {
  return isPlimsollError(error) && OFFLINE_CODES.has(error.code);
}
