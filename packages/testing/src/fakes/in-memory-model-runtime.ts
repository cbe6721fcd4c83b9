import { CancelledError, CapabilityMissingError, ModelNotFoundError } from '@plimsoll/domain';
import type {
  CallOptions,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  InstalledVariant,
  LoadOptions,
  ModelRuntime,
  ResidentModel,
  RuntimeCapabilities,
  RuntimeInfo,
  StopReason,
} from '@plimsoll/domain';

/** How a fake runtime behaves. */
export interface InMemoryModelRuntimeOptions {
  readonly variants: readonly InstalledVariant[];
  readonly id?: string;
  readonly capabilities?: Partial<RuntimeCapabilities>;
  /** Milliseconds of pretended decoding per token of a variant; 1 when absent. */
  readonly millisecondsPerToken?: (variant: string) => number;
  /** Called before each generation; may throw to make it fail. */
  readonly beforeGenerate?: (request: GenerateRequest) => void;
}

const TEXT =
  ' a fox who lived under a hill and knew every path of the wood by its smell alone in the long night of winter'
    .split(/(?= )/)
    .filter((word) => word !== '');

const throwIfAborted = (options: CallOptions | undefined): void => {
  if (options?.signal?.aborted) throw new CancelledError('The generation was cancelled.');
};

/** A runtime without a model behind it: repeats one sentence. It passes the contract suite. */
export class InMemoryModelRuntime implements ModelRuntime {
  readonly id: string;
  readonly capabilities: RuntimeCapabilities;
  /** Every request it was given, oldest first. */
  readonly requests: GenerateRequest[] = [];
  /** Variants that are installed; tests may add to it. */
  readonly variants: InstalledVariant[];
  readonly #resident = new Set<string>();
  readonly #options: InMemoryModelRuntimeOptions;

  constructor(options: InMemoryModelRuntimeOptions) {
    this.id = options.id ?? 'fake';
    this.variants = [...options.variants];
    this.#options = options;
    this.capabilities = {
      chat: true,
      images: false,
      embeddings: false,
      topLogprobs: 0,
      jsonSchema: false,
      residency: true,
      ...options.capabilities,
    };
  }

  async info(): Promise<RuntimeInfo> {
    return { name: 'In-memory runtime', version: '1', endpoint: null };
  }

  async list(): Promise<readonly InstalledVariant[]> {
    return [...this.variants];
  }

  async find(name: string): Promise<InstalledVariant | null> {
    return this.variants.find((variant) => variant.name === name) ?? null;
  }

  async resident(): Promise<readonly ResidentModel[]> {
    return this.variants
      .filter(({ name }) => this.#resident.has(name))
      .map(({ name, sizeBytes }) => ({ name, sizeBytes, deviceBytes: null, contextTokens: null, expiresAtMs: null }));
  }

  async load(name: string, _load?: LoadOptions, options?: CallOptions): Promise<{ readonly loadMs: number }> {
    throwIfAborted(options);
    if (!this.capabilities.residency) throw new CapabilityMissingError('This runtime cannot load models on request.');
    await this.#require(name);
    const wasResident = this.#resident.has(name);
    this.#resident.add(name);
    return { loadMs: wasResident ? 0 : 1 };
  }

  async unload(name: string): Promise<void> {
    this.#resident.delete(name);
  }

  async *generate(request: GenerateRequest, options?: CallOptions): AsyncIterable<GenerateEvent> {
    throwIfAborted(options);
    await this.#require(request.model);
    if (request.topLogprobs !== undefined && this.capabilities.topLogprobs === 0) {
      throw new CapabilityMissingError('This runtime gives no log-probabilities.');
    }
    const { input } = request;
    const images = input.kind === 'prompt' ? input.images : input.messages.flatMap((message) => message.images ?? []);
    if (images !== undefined && images.length > 0 && !this.capabilities.images) {
      throw new CapabilityMissingError('This runtime sees no images.');
    }
    this.requests.push(request);
    this.#options.beforeGenerate?.(request);
    this.#resident.add(request.model);
    const maxTokens = request.maxTokens ?? TEXT.length;
    let written = '';
    let generatedTokens = 0;
    let stopReason: StopReason = 'length';
    for (; generatedTokens < maxTokens; generatedTokens++) {
      throwIfAborted(options);
      const text = TEXT[generatedTokens % TEXT.length] ?? '';
      const end = (request.stop ?? []).map((stop) => (written + text).indexOf(stop)).filter((index) => index >= 0);
      if (end.length > 0) {
        const rest = (written + text).slice(written.length, Math.min(...end));
        if (rest !== '') yield { type: 'text', text: rest };
        stopReason = 'stop';
        break;
      }
      written += text;
      yield { type: 'text', text };
    }
    throwIfAborted(options);
    const decodeMs = Math.max(1, generatedTokens) * (this.#options.millisecondsPerToken?.(request.model) ?? 1);
    const timings = { promptTokens: 5, cachedPromptTokens: null, generatedTokens, loadMs: 0, prefillMs: 1, decodeMs };
    yield { type: 'done', stopReason, timings: { ...timings, firstTokenMs: 1, totalMs: decodeMs + 1 } };
  }

  async embed(_model: string, texts: readonly string[]): Promise<EmbedResult> {
    if (!this.capabilities.embeddings) throw new CapabilityMissingError('This runtime cannot embed.');
    return { vectors: texts.map((text) => [text.length, 1]) };
  }

  async close(): Promise<void> {
    this.#resident.clear();
  }

  async #require(name: string): Promise<void> {
    if ((await this.find(name)) === null) {
      throw new ModelNotFoundError(`There is no model ${name}.`, {
        remedies: [{ kind: 'list-models' }],
      });
    }
  }
}
