export { createServer } from './server/create-server.js';
export type { CreateServerOptions, CreatedServer, RequestLogEntry } from './server/create-server.js';
export { httpServices } from './server/http-services.js';
export type { BackendLease, HttpServices } from './server/http-services.js';
export { startServer } from './server/start-server.js';
export type { StartServerOptions, StartedServer } from './server/start-server.js';
export { createLog } from './observability/log.js';
export type { LogLevel } from './observability/log.js';
export type { AdmissionLimits } from './admission/fair-queue.js';
