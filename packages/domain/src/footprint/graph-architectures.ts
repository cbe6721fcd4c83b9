/** Architectures whose compute graph is built, in `graph/families.ts`; of others scratch memory is a closed form. */
const NAMES = [
  'bailingmoe2',
  'cohere2',
  'command-r',
  'deepseek2',
  'dots1',
  'ernie4_5',
  'ernie4_5-moe',
  'exaone4',
  'falcon-h1',
  'gemma',
  'gemma2',
  'gemma3',
  'gemma4',
  'glm4',
  'glm4moe',
  'gpt-oss',
  'granite',
  'granitehybrid',
  'granitemoe',
  'hunyuan-dense',
  'hunyuan-moe',
  'jamba',
  'lfm2',
  'lfm2moe',
  'llama',
  'minimax-m2',
  'mistral3',
  'nemotron_h',
  'nemotron_h_moe',
  'olmo2',
  'olmoe',
  'phi3',
  'qwen2',
  'qwen2moe',
  'qwen2vl',
  'qwen3',
  'qwen35',
  'qwen35moe',
  'qwen3moe',
  'qwen3next',
  'qwen3vl',
  'qwen3vlmoe',
  'seed_oss',
  'smollm3',
  'stablelm',
] as const;

/** The name of one. */
export type GraphArchitecture = (typeof NAMES)[number];

const KNOWN: ReadonlySet<string> = new Set(NAMES);

/** Whether the graph of such a model is known. The code that builds it is not needed to answer. */
export const hasGraph = (architecture: string): architecture is GraphArchitecture => KNOWN.has(architecture);
