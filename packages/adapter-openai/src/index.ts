export type { HttpTimeouts } from './http/http-client.js';
export { OpenAiModelCatalog } from './openai-model-catalog.js';
export { OpenAiModelRuntime } from './openai-model-runtime.js';
export type { OpenAiModelRuntimeOptions } from './openai-model-runtime.js';
