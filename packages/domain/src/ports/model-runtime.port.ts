import type { PlimsollError } from '../errors/plimsoll-error.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { GenerationTimings } from '../measurement/measurement.js';
import type { CallOptions } from './abort-signal.js';
import type { LoadOptions } from './load-options.js';
import type { Tool, ToolCall, ToolChoice } from './tool.js';

/** What a backend can do. A missing capability is a `CapabilityMissingError` when it is used all the same. */
export interface RuntimeCapabilities {
  readonly chat: boolean;
  readonly images: boolean;
  readonly embeddings: boolean;
  /** Log-probabilities of generated tokens: how many alternatives at most, 0 for none. */
  readonly topLogprobs: number;
  /** Answers constrained to a JSON schema. */
  readonly jsonSchema: boolean;
  /** Whether tools go to the model as they are; absent: they can be described in its prompt. */
  readonly tools?: boolean | undefined;
  /** Whether models can be loaded and unloaded on request. */
  readonly residency: boolean;
  /** Whether the KV cache type can be chosen for each model; absent: it is the server's own matter. */
  readonly kvCachePerModel?: boolean | undefined;
}

/** Who answers: for reports and for the environment of a measurement. */
export interface RuntimeInfo {
  /** Product name, such as `Ollama`. */
  readonly name: string;
  readonly version: string | null;
  /** Address, or null for an engine inside the process. */
  readonly endpoint: string | null;
  /** The newest version that the adapter was tested with; only where the one that answers is newer. */
  readonly testedUpTo?: string | undefined;
  /** Addresses of those that do not answer now, where there are several servers. */
  readonly silent?: readonly string[] | undefined;
}

/** One variant that a backend has at hand. */
export interface InstalledVariant {
  readonly name: string;
  /** From the backend's details or the file itself, never from the name alone; null when it does not tell. */
  readonly level: VariantLevel | null;
  readonly sizeBytes: number | null;
  /** `sha256:…` or null. */
  readonly digest: string | null;
  readonly architecture: string | null;
  /** As the backend words it, for example `8.0B`. */
  readonly parameterSize: string | null;
  /** Milliseconds since 1970, or null. */
  readonly modifiedAtMs: number | null;
  /** The file on this machine, where the backend works with files of its own; absent otherwise. */
  readonly path?: string | undefined;
}

/** A model that is loaded now. */
export interface ResidentModel {
  readonly name: string;
  /** All bytes it holds, or null when unknown. */
  readonly sizeBytes: number | null;
  /** Bytes of it in device memory, or null when unknown. */
  readonly deviceBytes: number | null;
  readonly contextTokens: number | null;
  /** When it will be unloaded by itself; null for never or unknown. */
  readonly expiresAtMs: number | null;
}

/** A message of a chat. Images are base64. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly images?: readonly string[] | undefined;
  /** What an assistant thought before it answered. */
  readonly thinking?: string | undefined;
  /** The tools that an assistant called. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** Of a `tool` message: the call that it answers. */
  readonly toolCallId?: string | undefined;
  /** Of a `tool` message: the tool's name, where it is known. */
  readonly toolName?: string | undefined;
}

/** A JSON Schema, passed on as it is. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One of several servers that offer the same APIs. */
export interface NativeHost {
  /** Without a slash at the end. */
  readonly address: string;
  /** A request goes there. The returned function ends it, with what it failed with before its answer began, or null. */
  begin(): (error: unknown) => void;
}

/** The HTTP APIs that a backend itself offers, so that a gateway can pass requests on as they are. */
export interface NativeApis {
  /** Where, without a slash at the end. */
  readonly address: string;
  /** Where there are several servers: those that can answer with a variant, the best first. */
  readonly hostsOf?: ((variant: string, options?: CallOptions) => Promise<readonly NativeHost[]>) | undefined;
  readonly dialects: readonly ('ollama' | 'openai' | 'anthropic')[];
  /** What a refusal of a request to a model means, by its HTTP status and its words. */
  readonly errorOf: (status: number, message: string, model: string) => PlimsollError;
}

/** What to generate. Absent sampling settings mean the backend's own defaults. */
export interface GenerateRequest {
  readonly model: string;
  readonly input:
    | {
        readonly kind: 'prompt';
        readonly prompt: string;
        readonly system?: string | undefined;
        readonly images?: readonly string[] | undefined;
        /** True: no chat template, the text is continued as it stands. */
        readonly raw?: boolean | undefined;
        /**
         * What follows: the model writes what stands between the prompt and this. Without a chat template, whatever `raw`
         * says. An `InvalidInputError` for a model that was not trained for it.
         */
        readonly suffix?: string | undefined;
      }
    | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] };
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly seed?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  /** `json` for any JSON, or a schema the answer must satisfy. */
  readonly format?: 'json' | JsonSchema | undefined;
  /** Alternatives to report per generated token; absent for none. */
  readonly topLogprobs?: number | undefined;
  /** Whether a reasoning model shall think first; absent: the model's default. */
  readonly think?: boolean | undefined;
  /** What the model may call; only in a chat. */
  readonly tools?: readonly Tool[] | undefined;
  /** `auto` when absent. */
  readonly toolChoice?: ToolChoice | undefined;
  readonly load?: LoadOptions | undefined;
}

/** One alternative of a generated token, natural logarithm. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
}

/** Why a generation ended. */
export type StopReason = 'stop' | 'length' | 'cancelled' | 'other';

/** What `generate` yields: text pieces and calls of tools, then exactly one `done`. */
export type GenerateEvent =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly thinking?: boolean | undefined;
      readonly logprob?: number | undefined;
      readonly topLogprobs?: readonly TokenLogprob[] | undefined;
    }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'done'; readonly stopReason: StopReason; readonly timings: GenerationTimings };

/** How a model is unloaded. */
export interface UnloadOptions extends CallOptions {
  /**
   * Milliseconds that running answers are given to end; those that have not ended by then fail with a
   * `CancelledError`. 30 seconds when absent. A server that drains by its own rule keeps to that.
   */
  readonly drainMs?: number | undefined;
}

/** Vectors, one per input text, in order. */
export interface EmbedResult {
  readonly vectors: readonly (readonly number[])[];
}

/** How well documents fit a query. */
export interface RerankResult {
  /** One per document, in order: a higher one fits better. The scale is the model's own. */
  readonly scores: readonly number[];
  /** Tokens of all pairs of query and document; null when the backend does not count them. */
  readonly promptTokens: number | null;
}

/**
 * A backend that runs models: Ollama, the embedded engine, an OpenAI-compatible server.
 * Failures are Plimsoll errors: `ModelNotFoundError`, `BackendUnreachableError`, `OutOfMemoryError`,
 * `BusyError`, `TimeoutError`, `CancelledError`, `CapabilityMissingError`, `BackendFailedError`.
 */
export interface ModelRuntime {
  /** Stable id of the backend kind: `embedded`, `ollama`, `openai`. */
  readonly id: string;
  readonly capabilities: RuntimeCapabilities;
  /** Absent where there is none, or where it may not be passed on to. */
  readonly apis?: NativeApis | undefined;
  /** Who answers. Also the cheapest way to learn whether the backend is reachable. */
  info(options?: CallOptions): Promise<RuntimeInfo>;
  list(options?: CallOptions): Promise<readonly InstalledVariant[]>;
  /** The installed variant of that name, or null. */
  find(name: string, options?: CallOptions): Promise<InstalledVariant | null>;
  resident(options?: CallOptions): Promise<readonly ResidentModel[]>;
  /** Loads a model and resolves when it is ready, with the time that took (0 when it was resident). */
  load(name: string, load?: LoadOptions, options?: CallOptions): Promise<{ readonly loadMs: number }>;
  /** Unloads a model after the answers that run; a model that is not resident is not an error. */
  unload(name: string, options?: UnloadOptions): Promise<void>;
  /**
   * Frees what a loaded model keeps for its answers (cache and scratch memory) while none runs; the next answer makes it
   * anew. False when it is in use, or has nothing to free. Absent where the backend has no way to.
   */
  dropIdleCache?(name: string): Promise<boolean>;
  /** Streams an answer. Leaving the loop early cancels the generation. */
  generate(request: GenerateRequest, options?: CallOptions): AsyncIterable<GenerateEvent>;
  embed(model: string, texts: readonly string[], options?: CallOptions): Promise<EmbedResult>;
  /**
   * Scores documents by a query, with a model that was trained for it; a `CapabilityMissingError` with any other. Absent
   * where the backend has no way to.
   */
  rerank?(model: string, query: string, documents: readonly string[], options?: CallOptions): Promise<RerankResult>;
  /** Frees what the runtime holds; it is not used afterwards. */
  close(): Promise<void>;
}
