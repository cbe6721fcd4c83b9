export * from './answers.js';
export { ollamaError, readOllamaError } from './error-body.js';
export type { OllamaErrorBody } from './error-body.js';
export * from './requests.js';
export { chatCodec, generateCodec, modelOf } from './codec.js';
export { keepAliveMs } from './keep-alive.js';
