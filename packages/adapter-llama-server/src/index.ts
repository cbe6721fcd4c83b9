export { findProgram } from './find-program.js';
export { LlamaServerRuntime } from './llama-server-runtime.js';
export type { LlamaServerRuntimeOptions } from './llama-server-runtime.js';
export type { ServerAddress } from './server-host.js';
