export { backendModule, backendSettings } from './backend-module.js';
export type { BackendSettings } from './backend-module.js';
export { InProcessEvents } from './in-process-events.js';
export { libraryNamesModule } from './library-names.js';
export { nameVariant } from './name-variant.js';
export { quantizeThenImportModule } from './quantize-then-import-module.js';
export { systemClock } from './system-clock.js';
export { createUseCases } from './use-cases.js';
export type { UseCases } from './use-cases.js';
