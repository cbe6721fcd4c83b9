export * from './chunk.js';
export * from './embeddings.js';
export { openAiError, parseErrorBody } from './error-body.js';
export type { ErrorFacts, OpenAiErrorBody } from './error-body.js';
export * from './logprobs.js';
export * from './model-list.js';
export * from './requests.js';
