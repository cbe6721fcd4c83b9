export type { HttpTimeouts } from './http/http-client.js';
export { OpenAiModelRuntime } from './openai-model-runtime.js';
export type { OpenAiModelRuntimeOptions } from './openai-model-runtime.js';
