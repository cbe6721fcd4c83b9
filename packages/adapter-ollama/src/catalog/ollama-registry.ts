import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  BackendFailedError,
  CancelledError,
  ModelNotFoundError,
  StorageFailedError,
  isPlimsollError,
  levelFromFileType,
  parseLevel,
  type BuildOptions,
  type CallOptions,
  type Level,
} from '@plimsoll/domain';
import { z } from 'zod';
import { AnswerCache, RemoteClient, Watchdog, boundedBody } from '@plimsoll/transport';
import type { OpenedAnswer, RemoteAccess } from '@plimsoll/transport';
import { parseOllamaName } from '../model-name.js';

/** The public library. */
export const OLLAMA_REGISTRY_URL = 'https://registry.ollama.ai';

/** How many times as long a silence of a download may be as the answer to a question. */
const DOWNLOAD_PATIENCE = 12;
const MAX_DOCUMENT_BYTES = 1024 * 1024;
const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

/** A model as the registry describes it. */
export interface RegistryEntry {
  readonly level: Level | null;
  readonly sizeBytes: number;
  /** Of the manifest, as the server lists it once the model is pulled. */
  readonly digest: string;
}

/** A blob to fetch, and where to put it. */
export interface BlobDownload {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly path: string;
}

/** How to reach the registry. */
export interface OllamaRegistryOptions {
  readonly url?: string | undefined;
  readonly limitMs?: number | undefined;
  /** What blobs may be fetched from. Default: public servers over https, and the registry's own as `url` has it. */
  readonly access?: RemoteAccess | undefined;
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const manifest = z.object({
  config: z.object({ digest, size: z.number().nonnegative() }),
  layers: z.array(z.object({ digest: z.string().nullish(), size: z.number().nonnegative() })),
});
const configuration = z.object({ file_type: z.string().nullish() });

/**
 * The library that Ollama pulls from. It has no list of tags, so one can only ask for a name. Failures of the
 * network are answered with `unknown`: a machine without Internet is no error here.
 */
export class OllamaRegistry {
  readonly #url: string;
  readonly #limitMs: number;
  readonly #client: RemoteClient;
  readonly #answers = new AnswerCache<RegistryEntry | 'absent' | 'unknown'>();

  constructor(options: OllamaRegistryOptions = {}) {
    this.#url = (options.url ?? OLLAMA_REGISTRY_URL).replace(/\/+$/, '');
    this.#limitMs = options.limitMs ?? 5_000;
    const { protocol, hostname } = new URL(this.#url);
    this.#client = new RemoteClient({
      allowHttp: protocol === 'http:',
      allowPrivateAddresses: [hostname],
      idleTimeoutMs: this.#limitMs * DOWNLOAD_PATIENCE,
      ...options.access,
    });
  }

  /** What the registry has under a name: an entry, `absent`, or `unknown` when it could not be asked. */
  async find(name: string, options: CallOptions = {}): Promise<RegistryEntry | 'absent' | 'unknown'> {
    const place = this.#place(name);
    if (place === null) return 'unknown';
    return this.#answers.answer(
      place.manifest,
      () => this.#ask(name, place, options),
      (answer) => answer !== 'unknown',
    );
  }

  async #ask(
    name: string,
    { base, manifest: url }: { readonly base: string; readonly manifest: string },
    options: CallOptions,
  ): Promise<RegistryEntry | 'absent' | 'unknown'> {
    const watchdog = new Watchdog('library', `describe ${name}`, options.signal);
    watchdog.arm(this.#limitMs);
    try {
      const document = await this.#read(url, watchdog.signal);
      if (document === 'absent') return 'absent';
      const { config, layers } = manifest.parse(JSON.parse(document));
      const settings = await this.#read(`${base}/blobs/${config.digest}`, watchdog.signal);
      if (settings !== 'absent' && digestOf(settings) !== config.digest) return 'unknown';
      const fileType = settings === 'absent' ? null : configuration.parse(JSON.parse(settings)).file_type;
      return {
        level: levelOf(fileType),
        sizeBytes: layers.reduce((sum, layer) => sum + layer.size, config.size),
        digest: digestOf(document),
      };
    } catch {
      const verdict = watchdog.verdict();
      if (verdict?.code === 'cancelled') throw verdict;
      return 'unknown';
    } finally {
      watchdog.dispose();
    }
  }

  /** Whether that very file is part of the model of that name; false when the registry could not be asked. */
  async has(name: string, digest: string, options: CallOptions = {}): Promise<boolean> {
    return (await this.#layerBytes(name, digest, options)) !== null;
  }

  /** Size of a file of a model. @throws ModelNotFoundError when it is no part of it */
  async blobBytes(name: string, digest: string, options: CallOptions = {}): Promise<number> {
    const bytes = await this.#layerBytes(name, digest, options);
    if (bytes !== null) return bytes;
    throw new ModelNotFoundError(`The library has no file ${digest} of ${name}.`);
  }

  /**
   * Fetches a file of a model, in pieces, and checks its digest.
   * @throws BackendFailedError, StorageFailedError, CancelledError
   */
  async download(name: string, { digest, sizeBytes, path }: BlobDownload, options: BuildOptions = {}): Promise<void> {
    const base = this.#place(name)?.base ?? '';
    const watchdog = new Watchdog('library', `send ${name}`, options.signal);
    const hash = createHash('sha256');
    let completed = 0;
    const limitMs = this.#limitMs * DOWNLOAD_PATIENCE;
    const received = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        watchdog.arm(limitMs);
        completed += chunk.length;
        if (completed > sizeBytes)
          throw new BackendFailedError(`The library sent more than ${sizeBytes} bytes of ${name}.`);
        hash.update(chunk);
        options.onProgress?.({ phase: 'downloading', completed, total: sizeBytes, unit: 'bytes' });
        yield chunk;
      }
    };
    try {
      watchdog.arm(limitMs);
      const answer = await this.#get(`${base}/blobs/${digest}`, {}, watchdog.signal);
      if (answer.status !== 200) {
        answer.discard();
        throw new BackendFailedError(`The library answered ${answer.status} for the file of ${name}.`);
      }
      await pipeline(Readable.from(received(answer.body), { objectMode: false }), createWriteStream(path));
    } catch (error) {
      throw watchdog.verdict() ?? (isPlimsollError(error) ? error : downloadError(name, error));
    } finally {
      watchdog.dispose();
    }
    if (`sha256:${hash.digest('hex')}` === digest) return;
    throw new BackendFailedError(`The file of ${name} arrived changed: it does not have the digest ${digest}.`, {
      hint: 'Run the command again.',
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #layerBytes(name: string, digest: string, { signal }: CallOptions): Promise<number | null> {
    const place = this.#place(name);
    if (place === null) return null;
    const watchdog = new Watchdog('library', `describe ${name}`, signal);
    watchdog.arm(this.#limitMs);
    try {
      const document = await this.#read(place.manifest, watchdog.signal);
      if (document === 'absent') return null;
      return manifest.parse(JSON.parse(document)).layers.find((layer) => layer.digest === digest)?.size ?? null;
    } catch {
      const verdict = watchdog.verdict();
      if (verdict instanceof CancelledError) throw verdict;
      return null;
    } finally {
      watchdog.dispose();
    }
  }

  /** Null for a model of another registry. */
  #place(name: string): { readonly base: string; readonly manifest: string } | null {
    const { host, namespace, model, tag } = parseOllamaName(name);
    if (host !== 'registry.ollama.ai') return null;
    const base = `${this.#url}/v2/${encodeURIComponent(namespace)}/${encodeURIComponent(model)}`;
    return { base, manifest: `${base}/manifests/${encodeURIComponent(tag)}` };
  }

  /** A small document as text. */
  async #read(url: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#get(url, { accept: MANIFEST_TYPE }, signal);
    const { bytes, truncated } = await boundedBody(answer.body, MAX_DOCUMENT_BYTES);
    if (answer.status === 404) return 'absent';
    if (answer.status !== 200 || truncated) throw new Error(`HTTP ${answer.status}, ${bytes.length} bytes`);
    return bytes.toString('utf8');
  }

  async #get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<OpenedAnswer> {
    return this.#client.open(new URL(url), { headers }, signal);
  }
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function downloadError(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (/^E(?:NOSPC|ACCES|ROFS|IO|DQUOT)\b/.test(reason)) {
    return new StorageFailedError(`The file of ${name} cannot be written: ${reason}`, {
      hint: 'Make room, or set TMPDIR to a folder on a larger disk.',
      cause,
    });
  }
  return new BackendFailedError(`The file of ${name} could not be fetched from the library: ${reason}`, {
    hint: 'Check the network, then run the command again.',
    cause,
  });
}

/** Ollama writes the level by name; old models carry llama.cpp's number. */
function levelOf(fileType: string | null | undefined): Level | null {
  if (fileType === null || fileType === undefined) return null;
  return /^\d+$/.test(fileType) ? levelFromFileType(Number(fileType)) : parseLevel(fileType);
}
