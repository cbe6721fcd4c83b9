/** Architectures whose compute graph is built, in `graph/families.ts`; of others scratch memory is a closed form. */
const NAMES = [
  'deepseek2',
  'falcon-h1',
  'gemma2',
  'gemma3',
  'gpt-oss',
  'granite',
  'granitehybrid',
  'granitemoe',
  'jamba',
  'lfm2',
  'lfm2moe',
  'llama',
  'nemotron_h',
  'nemotron_h_moe',
  'olmo2',
  'olmoe',
  'phi3',
  'qwen2',
  'qwen2moe',
  'qwen3',
  'qwen35',
  'qwen35moe',
  'qwen3moe',
  'qwen3next',
  'smollm3',
] as const;

/** The name of one. */
export type GraphArchitecture = (typeof NAMES)[number];

const KNOWN: ReadonlySet<string> = new Set(NAMES);

/** Whether the graph of such a model is known. The code that builds it is not needed to answer. */
export const hasGraph = (architecture: string): architecture is GraphArchitecture => KNOWN.has(architecture);
