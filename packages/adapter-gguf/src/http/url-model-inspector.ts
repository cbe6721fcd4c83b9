import {
  InvalidInputError,
  InvalidModelFileError,
  type CallOptions,
  type InspectedModel,
  type ModelInspector,
  type ModelReference,
} from '@plimsoll/domain';
import { RemoteClient, type RemoteAccess } from '@plimsoll/transport';
import { NO_CACHE, type HeaderCache } from '../cache/header-cache.js';
import { parseSplitName } from '../header/split-name.js';
import { RemoteReader } from './remote-reader.js';

const MAX_PARTS = 500;

/** How models are read from URLs. */
export interface UrlModelInspectorOptions {
  readonly access?: RemoteAccess;
  readonly cache?: HeaderCache;
}

/** Reads the header of a GGUF file behind an `https://` URL by ranges, without downloading the file. */
export class UrlModelInspector implements ModelInspector {
  private readonly client: RemoteClient;
  private readonly cache: HeaderCache;

  constructor(options: UrlModelInspectorOptions = {}) {
    this.client = new RemoteClient(options.access);
    this.cache = options.cache ?? NO_CACHE;
  }

  supports(reference: ModelReference): boolean {
    return reference.kind === 'url';
  }

  /**
   * @throws ModelNotFoundError, InvalidModelFileError, BackendUnreachableError, BackendFailedError, BusyError,
   * TimeoutError, InvalidInputError (an address that is not allowed), CancelledError
   */
  async inspect(reference: ModelReference, options: CallOptions = {}): Promise<InspectedModel> {
    if (reference.kind !== 'url') throw new InvalidInputError(`A ${reference.kind} reference is no URL.`);
    const urls = partUrls(parseUrl(reference.url));
    const reader = new RemoteReader(this.client.counting(), this.cache);
    const files = urls.map((url) => ({ url, name: withoutSecrets(url), digest: null, expectedBytes: null }));
    const header = await reader.model(files, options);
    return { header, path: null, digest: null, origin: files[0]?.name ?? '', fetchedBytes: reader.fetchedBytes };
  }
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new InvalidInputError(`${text} is no valid URL.`, { hint: 'Check the address.' });
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidInputError('A URL with a user name or password in it is not allowed.', {
      hint: 'Remove the part before the @: it would be shown and stored.',
    });
  }
  url.hash = '';
  // The page that shows a file on Hugging Face; the file itself lies beside it.
  if (/^(?:hf\.co|huggingface\.co)$/.test(url.hostname))
    url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/');
  return url;
}

function partUrls(url: URL): readonly URL[] {
  const split = parseSplitName(url.pathname);
  if (split === null) return [url];
  if (split.parts > MAX_PARTS) {
    throw new InvalidModelFileError(`${url.pathname}: a model of ${split.parts} parts is not believed.`, {
      hint: 'Check the address.',
    });
  }
  return Array.from({ length: split.parts }, (_, index) => {
    const part = new URL(url.href);
    part.pathname = split.partName(index + 1);
    return part;
  });
}

/** The address as it may be shown: signatures stand in the query. */
function withoutSecrets(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
