import type { GraphArchitecture } from '../graph-architectures.js';
import type { attention } from './attention.js';
import type { Builder } from './builder.js';
import type { Routing } from './experts.js';
import { latentAttention } from './latent-attention.js';
import { declaredRouting } from './networks.js';

/** What tells the graph of one architecture from that of another. */
export interface Traits {
  /** The norm before the network; `ffn_norm` by default. Models without such norms have none in their file. */
  readonly secondNorm?: string;
  /** Whether attention and network end in norms of their own. */
  readonly hasPostNorms?: boolean;
  /** Whether the norm behind the network stays with its layer, as all others do. */
  readonly pinsPostNorms?: boolean;
  /** Whether attention and network read the same norm, side by side. */
  readonly isParallel?: boolean;
  /** Whether the network reads the norm of attention where it has none. */
  readonly sharesNorm?: boolean;
  readonly scalesEmbeddings?: boolean;
  readonly scalesQueries?: boolean;
  /** Whether queries and keys have their norms only after they are rotated. */
  readonly normsLast?: boolean;
  /** Whether what goes around the network is the first operand of the sum. */
  readonly addsResidualFirst?: boolean;
  /** Whether the rows that have logits are taken out of the last layer's result, not out of what its network reads. */
  readonly selectsRowsLast?: boolean;
  /** Whether queries are scaled and normed as Llama 4's are. */
  readonly isLlama4?: boolean;
  /** What the router does where it is not a soft maximum, with weights that sum to 1. */
  readonly routing?: Partial<Pick<Routing, 'gating' | 'norms' | 'weighsInput'>> | ((builder: Builder) => Routing);
  /** What computes attention, its output matrix included, where that is not plain. */
  readonly attention?: typeof attention;
}

const GEMMA: Traits = { hasPostNorms: true, scalesEmbeddings: true, scalesQueries: true };

/** Source: llama.cpp v0.5.0 `src/models/`, the file of each name; `openai-moe.cpp` for the experts of OpenAI. */
export const TRAITS = {
  arcee: {},
  bailingmoe2: { routing: declaredRouting },
  cohere2: { isParallel: true },
  'command-r': { isParallel: true },
  deepseek2: { attention: latentAttention, routing: deepseekRouting },
  dots1: { routing: declaredRouting },
  ernie4_5: {},
  'ernie4_5-moe': {},
  'exaone-moe': { routing: declaredRouting },
  exaone4: { hasPostNorms: true },
  gemma: { scalesEmbeddings: true, scalesQueries: true },
  gemma2: GEMMA,
  gemma3: GEMMA,
  glm4: { hasPostNorms: true, pinsPostNorms: true },
  glm4moe: { secondNorm: 'post_attention_norm', routing: glmRouting },
  granite: {},
  granitemoe: {},
  'gpt-oss': {
    secondNorm: 'post_attention_norm',
    selectsRowsLast: true,
    routing: { gating: 'softmax-of-chosen', norms: false },
  },
  'hunyuan-dense': { normsLast: true },
  'hunyuan-moe': { normsLast: true },
  internlm2: {},
  llama: {},
  llama4: { isLlama4: true, routing: { gating: 'sigmoid', norms: false, weighsInput: true } },
  'minimax-m2': { routing: (builder) => ({ ...declaredRouting(builder), norms: true }) },
  mistral3: {},
  nemotron: {},
  olmo2: { hasPostNorms: true },
  olmoe: { routing: { norms: false } },
  phi3: { scalesQueries: true, addsResidualFirst: true },
  qwen2: {},
  qwen2vl: {},
  qwen2moe: { routing: { norms: false } },
  qwen3: {},
  qwen3moe: {},
  qwen3vl: {},
  qwen3vlmoe: {},
  seed_oss: { secondNorm: 'post_attention_norm' },
  smollm3: {},
  starcoder2: {},
  stablelm: { sharesNorm: true },
} as const satisfies Partial<Record<GraphArchitecture, Traits>>;

/** Files of GLM 4.7 Flash may not say how they choose. Source: llama.cpp v0.5.0 `src/models/deepseek2.cpp`, `load_arch_hparams`. */
function deepseekRouting(builder: Builder): Routing {
  const routing = declaredRouting(builder);
  const { layers, vocabulary } = builder.architecture;
  const isSilentGlm =
    builder.setting('expert_gating_func') === 0 && (layers === 47 || layers === 48) && vocabulary === 154_880;
  return isSilentGlm ? { ...routing, gating: 'sigmoid' } : routing;
}

/** Source: llama.cpp v0.5.0 `src/models/glm4-moe.cpp`, `load_arch_hparams`. */
function glmRouting(builder: Builder): Routing {
  const routing = declaredRouting(builder);
  return builder.setting('expert_gating_func') === 0 ? { ...routing, gating: 'sigmoid' } : routing;
}
