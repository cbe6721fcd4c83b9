export type { HttpTimeouts } from './http/timeouts.js';
export { LlamaServerLogitsSource } from './logits/llama-server-logits-source.js';
export type { LlamaServerLogitsSourceOptions } from './logits/llama-server-logits-source.js';
export { OpenAiModelCatalog } from './openai-model-catalog.js';
export { OpenAiModelRuntime } from './openai-model-runtime.js';
export type { OpenAiModelRuntimeOptions } from './openai-model-runtime.js';
