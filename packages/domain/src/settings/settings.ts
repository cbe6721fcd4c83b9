import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { Level } from '../quantization/level.js';
import type { LoraAdapter } from '../ports/load-options.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import type { AccessToken } from './access-token.js';
import type { ServiceLimits } from './service-limits.js';

/** Coarse user setting; a policy maps it to a level. */
export type Bits = 4 | 8 | 16;

/** How variants of the Ollama library are named: the library's own scheme, or the founding prefix scheme. */
export type NamingScheme = 'library' | 'prefix';

/** Quantization settings of one model that differ from the general ones. */
export interface ModelOverride {
  readonly level?: VariantLevel | undefined;
  readonly bits?: Bits | undefined;
  readonly enabled?: boolean | undefined;
  readonly kvCacheType?: KvCacheType | undefined;
  readonly contextTokens?: number | undefined;
  readonly adapters?: readonly LoraAdapter[] | undefined;
}

/** Says to the governor at which use of a memory models go to how many bits. */
export interface UsageSwitch {
  /** Share of the memory, 0 to 1, that is in use when it applies. */
  readonly aboveUsage: number;
  readonly toBits: Bits;
}

/** All settings, every default filled in. */
export interface Settings {
  /** Id of a backend, such as `embedded` or `ollama`; front ends check it against those that they can open. */
  readonly backend: string;
  readonly model: string | null;
  readonly ollamaHost: string;
  /** Further Ollama servers: whichever can answers. */
  readonly ollamaHosts: readonly string[];
  readonly openaiBaseUrl: string | null;
  /** Never logged, never printed. */
  readonly openaiApiKey: string | null;
  /** Whether model names are resolved to quantized variants at all. */
  readonly quantizationEnabled: boolean;
  readonly quantizationBits: Bits;
  /** A level set by name wins over the bits. */
  readonly quantizationLevel: Level | null;
  readonly naming: NamingScheme;
  readonly modelOverrides: Readonly<Record<string, ModelOverride>>;
  /** Names, or patterns of names, that clients of a server may ask for, and the model that each stands for. */
  readonly modelAliases: Readonly<Record<string, string>>;
  /** Cap on device memory in bytes, or null. */
  readonly gpuMemoryLimitBytes: number | null;
  /** Where the governor goes to fewer bits by the user's own line, or null for its own lines alone. */
  readonly usageSwitch: UsageSwitch | null;
  /** Share of device memory that is left free, 0 to 1. */
  readonly memoryMarginFraction: number;
  readonly contextTokens: number | null;
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  readonly threads: number | null;
  /** The user's llama-server program, or null for the first on the PATH. */
  readonly llamaServerPath: string | null;
  /** Further arguments of every llama-server that is started, such as `--lora` and a file. */
  readonly llamaServerArguments: readonly string[];
  /** Whether public registries are asked about models that are planned or made, and give them; they learn which. */
  readonly registryLookups: boolean;
  /** Folder with GGUF files of the embedded engine. */
  readonly modelsFolder: string;
  /** Database file with the measurements. */
  readonly storeFile: string;
  /** Tokens of clients. Where there is one, every request needs one. Their hashes are never shown. */
  readonly accessTokens: readonly AccessToken[];
  readonly http: { readonly host: string; readonly port: number };
  readonly limits: ServiceLimits;
  /** Warn when a variant's same-top-token rate falls below this, or null. */
  readonly qualityThreshold: number | null;
}

/** A change of settings: only what is given changes. */
export type SettingsPatch = { readonly [Key in keyof Settings]?: Settings[Key] | undefined };
