import { NO_CACHE, RemoteReader, type HeaderCache } from '@plimsoll/adapter-gguf';
import {
  InvalidInputError,
  isPlimsollError,
  type CallOptions,
  type CatalogEntry,
  type InspectedModel,
  type ModelCatalog,
  type ModelInspector,
  type ModelReference,
  parseModelReference,
} from '@plimsoll/domain';
import { AnswerCache, RemoteClient, type RemoteAccess } from '@plimsoll/transport';
import { conventionalTags } from './conventional-tags.js';
import { formatLibraryName, parseLibraryName, type LibraryName } from './library-name.js';
import type { LibraryManifest } from './registry-answers.js';

const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const MAX_DOCUMENT_BYTES = 256 * 1024;
const PROBES_AT_ONCE = 4;

/** Which registry, and how far to look. */
export interface OllamaLibraryOptions {
  /** Default `https://registry.ollama.ai`. */
  readonly baseUrl?: string;
  readonly access?: RemoteAccess;
  readonly cache?: HeaderCache;
  /**
   * The registry has no list of tags. When set, `variants` asks for the tags that publishers conventionally use,
   * one request each; otherwise it only asks for the tag that was named. Default false.
   */
  readonly probeTags?: boolean;
}

/** What there is under one tag. */
interface Found {
  readonly entry: CatalogEntry | null;
}

/** Reads models of the Ollama library through its registry, without an Ollama server and without downloading. */
export class OllamaLibrary implements ModelInspector, ModelCatalog {
  private readonly base: URL;
  private readonly client: RemoteClient;
  private readonly cache: HeaderCache;
  private readonly probeTags: boolean;
  private readonly entries = new AnswerCache<Found>();

  constructor(options: OllamaLibraryOptions = {}) {
    this.base = new URL(options.baseUrl ?? 'https://registry.ollama.ai');
    this.client = new RemoteClient(options.access);
    this.cache = options.cache ?? NO_CACHE;
    this.probeTags = options.probeTags ?? false;
  }

  supports(reference: ModelReference): boolean {
    return reference.kind === 'ollama-library';
  }

  /** @throws ModelNotFoundError, UnsupportedModelError (a cloud model) and as UrlModelInspector. */
  async inspect(reference: ModelReference, options: CallOptions = {}): Promise<InspectedModel> {
    if (reference.kind !== 'ollama-library') {
      throw new InvalidInputError(`A ${reference.kind} reference is no model of the Ollama library.`);
    }
    const name = parseLibraryName(reference.name);
    const origin = `ollama:${formatLibraryName(name)}`;
    const reader = this.reader();
    const { modelDigest, modelBytes } = await this.manifest(name, reader, options);
    const url = this.url(name, `blobs/${modelDigest}`);
    const file = { url, name: origin, digest: modelDigest, expectedBytes: modelBytes };
    const header = await reader.model([file], options);
    return { header, path: null, digest: modelDigest, origin, fetchedBytes: reader.fetchedBytes };
  }

  /** The named tag of `ollama:…`, and with `probeTags` its conventional siblings; empty for other references. */
  async variants(model: string, options: CallOptions = {}): Promise<readonly CatalogEntry[]> {
    const reference = parseModelReference(model);
    if (reference.kind !== 'ollama-library') return [];
    const named = parseLibraryName(reference.name);
    const tags = this.probeTags ? conventionalTags(named.tag) : [named.tag];
    const reader = this.reader();
    const found: CatalogEntry[] = [];
    for (let first = 0; first < tags.length; first += PROBES_AT_ONCE) {
      const some = tags.slice(first, first + PROBES_AT_ONCE);
      const entries = await Promise.all(
        some.map((tag) => {
          const name = { ...named, tag };
          const ask = async (): Promise<Found> => ({ entry: await this.entry(name, reader, options) });
          return this.entries.answer(formatLibraryName(name), ask);
        }),
      );
      found.push(...entries.flatMap(({ entry }) => entry ?? []));
    }
    return found;
  }

  private async entry(name: LibraryName, reader: RemoteReader, options: CallOptions): Promise<CatalogEntry | null> {
    try {
      const { configDigest, modelDigest, modelBytes } = await this.manifest(name, reader, options);
      const url = this.url(name, `blobs/${configDigest}`);
      const document = { url, digest: configDigest, maxBytes: MAX_DOCUMENT_BYTES };
      const { parseConfigLevel } = await import('./registry-answers.js');
      const level = parseConfigLevel((await reader.document(document, options)).body, formatLibraryName(name));
      const entryName = `ollama:${formatLibraryName(name)}`;
      return { name: entryName, level, sizeBytes: modelBytes, digest: modelDigest, location: 'remote' };
    } catch (error) {
      if (isPlimsollError(error) && (error.code === 'model-not-found' || error.code === 'unsupported-model'))
        return null;
      throw error;
    }
  }

  private async manifest(name: LibraryName, reader: RemoteReader, options: CallOptions): Promise<LibraryManifest> {
    const document = {
      url: this.url(name, `manifests/${name.tag}`),
      headers: { accept: MANIFEST_TYPE },
      maxBytes: MAX_DOCUMENT_BYTES,
    };
    const { parseManifest } = await import('./registry-answers.js');
    return parseManifest((await reader.document(document, options)).body, formatLibraryName(name));
  }

  private url({ namespace, model }: LibraryName, rest: string): URL {
    return new URL(`/v2/${namespace}/${model}/${rest}`, this.base.href);
  }

  private reader(): RemoteReader {
    return new RemoteReader(this.client.counting(), this.cache);
  }
}
