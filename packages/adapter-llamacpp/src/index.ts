export { engineDevices } from './engine/engine-devices.js';
export type { EngineFlavor, EngineOptions } from './engine/engine-options.js';
export { LlamaCppFootprintOracle } from './engine/llama-cpp-footprint-oracle.js';
export type { EngineDevice } from './engine/protocol.js';
export { LlamaCppVariantBuilder } from './quantize/llama-cpp-variant-builder.js';
export type { VariantBuilderOptions } from './quantize/llama-cpp-variant-builder.js';
