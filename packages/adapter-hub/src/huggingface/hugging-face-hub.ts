import { NO_CACHE, RemoteReader, type HeaderCache } from '@plimsoll/adapter-gguf';
import {
  BackendFailedError,
  InvalidInputError,
  VariantNotFoundError,
  type CallOptions,
  type CatalogEntry,
  type InspectedModel,
  type ModelCatalog,
  type ModelInspector,
  type ModelReference,
  parseModelReference,
} from '@plimsoll/domain';
import { AnswerCache, RemoteClient, type RemoteAccess } from '@plimsoll/transport';
import { chooseVariant, groupVariants, type RepositoryFile, type RepositoryVariant } from './repository-file.js';

const MAX_PAGES = 20;
const MAX_PAGE_BYTES = 4 * 2 ** 20;
/** Far above the largest repository of quantized models. */
const MAX_FILES = 50_000;

/** Which hub, and as whom. */
export interface HuggingFaceHubOptions {
  /** Default `https://huggingface.co`. */
  readonly baseUrl?: string;
  /** An access token for gated and private repositories. It never leaves the hub's own origin. */
  readonly token?: string | null;
  readonly access?: RemoteAccess;
  readonly cache?: HeaderCache;
}

/** Lists the GGUF files of Hugging Face repositories and reads their headers by ranges. */
export class HuggingFaceHub implements ModelInspector, ModelCatalog {
  private readonly base: URL;
  private readonly secretHeaders: Readonly<Record<string, string>>;
  private readonly client: RemoteClient;
  private readonly cache: HeaderCache;
  private readonly listings = new AnswerCache<readonly RepositoryFile[]>();

  constructor(options: HuggingFaceHubOptions = {}) {
    this.base = new URL(options.baseUrl ?? 'https://huggingface.co');
    this.secretHeaders = options.token ? { authorization: `Bearer ${options.token}` } : {};
    this.client = new RemoteClient(options.access);
    this.cache = options.cache ?? NO_CACHE;
  }

  supports(reference: ModelReference): boolean {
    return reference.kind === 'huggingface';
  }

  /**
   * Reads the file that the tag names; without one the Q4_K_M.
   *
   * @throws ModelNotFoundError, VariantNotFoundError (naming the levels there are) and as UrlModelInspector.
   */
  async inspect(reference: ModelReference, options: CallOptions = {}): Promise<InspectedModel> {
    if (reference.kind !== 'huggingface')
      throw new InvalidInputError(`A ${reference.kind} reference is no repository.`);
    const { repository, tag } = reference;
    const reader = this.reader();
    const variants = groupVariants(await this.files(repository, reader, options));
    const variant = chooseVariant(variants, tag);
    if (variant === null) throw noVariant(repository, tag, variants);
    const files = variant.files.map((file) => ({
      url: this.fileUrl(repository, file.path),
      name: `hf.co/${repository}/${file.path}`,
      digest: file.digest,
      expectedBytes: file.sizeBytes,
      secretHeaders: this.secretHeaders,
    }));
    const header = await reader.model(files, options);
    const digest = files.length === 1 ? (files[0]?.digest ?? null) : null;
    return { header, path: null, digest, origin: files[0]?.name ?? '', fetchedBytes: reader.fetchedBytes };
  }

  /** All GGUF models of the repository that `model` (`hf.co/org/repo[:LEVEL]`) names, best level first. */
  async variants(model: string, options: CallOptions = {}): Promise<readonly CatalogEntry[]> {
    const reference = parseModelReference(model);
    if (reference.kind !== 'huggingface') return [];
    const { repository } = reference;
    const list = (): Promise<readonly RepositoryFile[]> => this.files(repository, this.reader(), options);
    const found = groupVariants(await this.listings.answer(repository, list));
    return found.map(({ level, label, sizeBytes, files }) => ({
      name: `hf.co/${reference.repository}:${label}`,
      level,
      sizeBytes,
      digest: files.length === 1 ? (files[0]?.digest ?? null) : null,
      location: 'remote',
    }));
  }

  private reader(): RemoteReader {
    return new RemoteReader(this.client.counting(), this.cache);
  }

  private fileUrl(repository: string, path: string): URL {
    const escaped = path.split('/').map(encodeURIComponent).join('/');
    return new URL(`/${repository}/resolve/main/${escaped}`, this.base.href);
  }

  private async files(
    repository: string,
    reader: RemoteReader,
    options: CallOptions,
  ): Promise<readonly RepositoryFile[]> {
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || /(?:^|\/)\.+(?:\/|$)/.test(repository)) {
      throw new InvalidInputError(`${JSON.stringify(repository)} is no repository name.`, {
        hint: 'Write hf.co/org/repo.',
      });
    }
    const { parseTree } = await import('./tree-answer.js');
    const files: RepositoryFile[] = [];
    let url: URL | null = new URL(`/api/models/${repository}/tree/main?recursive=true`, this.base.href);
    for (let page = 0; url !== null && page < MAX_PAGES; page++) {
      const document = { url, secretHeaders: this.secretHeaders, maxBytes: MAX_PAGE_BYTES };
      const answer = await reader.document(document, options);
      for (const file of parseTree(answer.body, this.base.host)) files.push(file);
      if (files.length > MAX_FILES) {
        throw new BackendFailedError(`hf.co/${repository} lists more than ${MAX_FILES} files.`, {
          hint: 'Give the file by its URL.',
        });
      }
      url = nextPage(answer.link, this.base);
    }
    return files;
  }
}

/** The address of the next page from a Link header, when it lies on the hub itself. */
function nextPage(link: string | null, base: URL): URL | null {
  const href = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  if (href === undefined || !URL.canParse(href, base.href)) return null;
  const next = new URL(href, base.href);
  return next.origin === base.origin ? next : null;
}

function noVariant(
  repository: string,
  tag: string | null,
  variants: readonly RepositoryVariant[],
): VariantNotFoundError {
  const labels = variants.map(({ label }) => label);
  const message =
    labels.length === 0 ? `hf.co/${repository} holds no GGUF model.` : `hf.co/${repository} has no ${tag ?? ''}.`;
  const hint =
    labels.length === 0
      ? 'Look for a repository of the same model whose name ends in -GGUF.'
      : `It has ${labels.slice(0, 30).join(', ')}: name one, as in hf.co/${repository}:${labels[0] ?? ''}.`;
  return new VariantNotFoundError(message, { hint });
}
