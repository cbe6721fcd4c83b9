export { describeModelRuntimeContract } from './contracts/model-runtime.contract.js';
export type { ModelRuntimeSubject, ModelRuntimeContractOptions } from './contracts/model-runtime.contract.js';
export { FixedGpuProbe, gpuReading } from './fakes/fixed-gpu-probe.js';
export { TEST_SETTINGS, InMemoryConfigStore } from './fakes/in-memory-config-store.js';
export { InMemoryModelRuntime } from './fakes/in-memory-model-runtime.js';
export type { InMemoryModelRuntimeOptions } from './fakes/in-memory-model-runtime.js';
export { installedVariant } from './fakes/installed-variant.js';
export { ManualClock } from './fakes/manual-clock.js';
