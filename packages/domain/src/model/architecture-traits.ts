/** How sliding windows are laid out when the file does not list them layer by layer. */
export interface WindowDefault {
  /** One layer in so many sees everything. */
  readonly period: number;
  /** Whether the full layer comes first in each period instead of last. */
  readonly fullFirst?: boolean;
  /** Window when the file does not say; null means that without the key there are no windows. */
  readonly window: number | null;
  /** Window that holds whatever the file says. */
  readonly fixed?: boolean;
  /** The number of layers of the only models that have windows, whatever the file says. */
  readonly onlyOfLayers?: number;
}

/**
 * Architectures with sliding windows, and their defaults. Others may carry the key, but llama.cpp ignores it there.
 * Source: llama.cpp v0.5.0 `src/models/*.cpp`, `load_swa_pattern` and `n_swa`.
 */
export const WINDOW_DEFAULTS: Readonly<Record<string, WindowDefault>> = {
  afmoe: { period: 4, window: null },
  cohere2: { period: 4, window: null },
  cohere2moe: { period: 4, fullFirst: true, window: null },
  'exaone-moe': { period: 4, window: 128 },
  exaone4: { period: 4, window: 4096, onlyOfLayers: 64 },
  gemma2: { period: 2, window: 4096 },
  gemma3: { period: 6, window: null },
  gemma3n: { period: 5, window: null },
  gemma4: { period: 6, window: null },
  'gpt-oss': { period: 2, window: null },
  llama4: { period: 4, window: 8192, fixed: true },
  mellum: { period: 4, window: null },
  mimo2: { period: 0, window: null },
  olmo2: { period: 4, window: null },
  plamo3: { period: 8, window: null },
  smallthinker: { period: 4, fullFirst: true, window: null },
  step35: { period: 0, window: null },
};

/** Pure recurrent models. Source: llama.cpp `src/llama-arch.cpp`, `llm_arch_is_recurrent`. */
export const RECURRENT: ReadonlySet<string> = new Set(['mamba', 'mamba2', 'rwkv6', 'rwkv6qwen2', 'rwkv7', 'arwkv7']);

/** Models with layers of both kinds. Source: the same, `llm_arch_is_hybrid`. */
export const HYBRID: ReadonlySet<string> = new Set([
  'jamba',
  'falcon-h1',
  'plamo2',
  'granitehybrid',
  'lfm2',
  'lfm2moe',
  'nemotron_h',
  'nemotron_h_moe',
  'qwen3next',
  'qwen35',
  'qwen35moe',
]);

/** Models that keep no cache between batches. Source: llama.cpp `src/llama-model.cpp`, `create_memory`. */
export const CACHELESS: ReadonlySet<string> = new Set([
  'bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'eurobert',
  'wavtokenizer-dec',
  'modern-bert',
  'gemma-embedding',
  'dream',
  'llada',
  'llada-moe',
  'rnd1',
]);

/**
 * Models whose prediction layers (MTP) the engine leaves in the file unless it drafts with them; those of Ling 2
 * (`bailingmoe2`) always. Source: llama.cpp v0.5.0, `src/models/*.cpp`, `load_mtp`.
 */
export const PREDICTION_ON_REQUEST: ReadonlySet<string> = new Set([
  'bailingmoe2',
  'bailingmoe3',
  'cohere2moe',
  'deepseek2',
  'deepseek32',
  'deepseek4',
  'glm-dsa',
  'glm4moe',
  'hy_v3',
  'mimo2',
  'nemotron_h',
  'nemotron_h_moe',
  'qwen35',
  'qwen35moe',
  'qwen3next',
  'step35',
]);

/** Decoder-only transformers whose cache follows the plain rule. */
const PLAIN: ReadonlySet<string> = new Set([
  'arcee',
  'baichuan',
  'bailingmoe2',
  'bloom',
  'chatglm',
  'command-r',
  'dbrx',
  'deepseek',
  'deepseek2',
  'dots1',
  'ernie4_5',
  'ernie4_5-moe',
  'exaone',
  'falcon',
  'gemma',
  'glm4',
  'glm4moe',
  'gpt2',
  'gptneox',
  'granite',
  'granitemoe',
  'grok',
  'hunyuan-dense',
  'hunyuan-moe',
  'internlm2',
  'llama',
  'llama-embed',
  'minicpm',
  'minicpm3',
  'minimax-m2',
  'mistral3',
  'mpt',
  'nemotron',
  'olmo',
  'olmoe',
  'orion',
  'phi2',
  'phi3',
  'phimoe',
  'qwen',
  'qwen2',
  'qwen2moe',
  'qwen2vl',
  'qwen3',
  'qwen3moe',
  'qwen3vl',
  'qwen3vlmoe',
  'refact',
  'seed_oss',
  'smollm3',
  'stablelm',
  'starcoder',
  'starcoder2',
  'xverse',
]);

/** Whether Plimsoll's rules were checked for that architecture; others get the generic ones. */
export function isKnownArchitecture(name: string): boolean {
  return (
    PLAIN.has(name) ||
    RECURRENT.has(name) ||
    HYBRID.has(name) ||
    CACHELESS.has(name) ||
    Object.hasOwn(WINDOW_DEFAULTS, name)
  );
}
