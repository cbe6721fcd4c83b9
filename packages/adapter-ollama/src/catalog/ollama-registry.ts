import { createHash } from 'node:crypto';
import { levelFromFileType, parseLevel, type CallOptions, type Level } from '@plimsoll/domain';
import { z } from 'zod';
import {
  Watchdog,
  boundedBody,
  headerValue,
  undiciTransport,
  type HttpFetch,
  type HttpTransport,
} from '@plimsoll/transport';
import { parseOllamaName } from '../model-name.js';

/** The public library. */
export const OLLAMA_REGISTRY_URL = 'https://registry.ollama.ai';

const MAX_DOCUMENT_BYTES = 1024 * 1024;
const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

/** A model as the registry describes it. */
export interface RegistryEntry {
  readonly level: Level | null;
  readonly sizeBytes: number;
  /** Of the manifest, as the server lists it once the model is pulled. */
  readonly digest: string;
}

/** How to reach the registry. */
export interface OllamaRegistryOptions {
  readonly url?: string | undefined;
  readonly limitMs?: number | undefined;
  readonly fetch?: HttpFetch | undefined;
}

const manifest = z.object({
  config: z.object({ digest: z.string(), size: z.number().nonnegative() }),
  layers: z.array(z.object({ size: z.number().nonnegative() })),
});
const configuration = z.object({ file_type: z.string().nullish() });

/**
 * The library that Ollama pulls from. It has no list of tags, so one can only ask for a name. Failures of the
 * network are answered with `unknown`: a machine without Internet is no error here.
 */
export class OllamaRegistry {
  readonly #url: string;
  readonly #limitMs: number;
  readonly #transport: HttpTransport;

  constructor(options: OllamaRegistryOptions = {}) {
    this.#url = (options.url ?? OLLAMA_REGISTRY_URL).replace(/\/+$/, '');
    this.#limitMs = options.limitMs ?? 5_000;
    const { fetch } = options;
    this.#transport =
      fetch === undefined ? undiciTransport({ connectMs: this.#limitMs }) : { fetch, close: () => Promise.resolve() };
  }

  /** What the registry has under a name: an entry, `absent`, or `unknown` when it could not be asked. */
  async find(name: string, options: CallOptions = {}): Promise<RegistryEntry | 'absent' | 'unknown'> {
    const { host, namespace, model, tag } = parseOllamaName(name);
    if (host !== 'registry.ollama.ai') return 'unknown';
    const base = `${this.#url}/v2/${encodeURIComponent(namespace)}/${encodeURIComponent(model)}`;
    const watchdog = new Watchdog('library', `describe ${name}`, options.signal);
    watchdog.arm(this.#limitMs);
    try {
      const document = await this.#read(`${base}/manifests/${encodeURIComponent(tag)}`, watchdog.signal);
      if (document === 'absent') return 'absent';
      const { config, layers } = manifest.parse(JSON.parse(document));
      const settings = await this.#read(`${base}/blobs/${config.digest}`, watchdog.signal);
      const fileType = settings === 'absent' ? null : configuration.parse(JSON.parse(settings)).file_type;
      return {
        level: levelOf(fileType),
        sizeBytes: layers.reduce((sum, layer) => sum + layer.size, config.size),
        digest: `sha256:${createHash('sha256').update(document).digest('hex')}`,
      };
    } catch {
      const verdict = watchdog.verdict();
      if (verdict?.code === 'cancelled') throw verdict;
      return 'unknown';
    } finally {
      watchdog.dispose();
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** A small document as text. Blobs come after a redirect, which is followed once, without our headers. */
  async #read(url: string, signal: AbortSignal, redirected = false): Promise<string> {
    const headers = redirected ? {} : { accept: MANIFEST_TYPE };
    const answer = await this.#transport.fetch(url, { method: 'GET', headers, signal });
    const location = headerValue(answer.headers, 'location');
    if (answer.status >= 300 && answer.status < 400 && location !== null && !redirected) {
      answer.discard();
      return this.#read(new URL(location, url).href, signal, true);
    }
    const { bytes, truncated } = await boundedBody(answer.body, MAX_DOCUMENT_BYTES);
    if (answer.status === 404) return 'absent';
    if (answer.status !== 200 || truncated) throw new Error(`HTTP ${answer.status}, ${bytes.length} bytes`);
    return bytes.toString('utf8');
  }
}

/** Ollama writes the level by name; old models carry llama.cpp's number. */
function levelOf(fileType: string | null | undefined): Level | null {
  if (fileType === null || fileType === undefined) return null;
  return /^\d+$/.test(fileType) ? levelFromFileType(Number(fileType)) : parseLevel(fileType);
}
