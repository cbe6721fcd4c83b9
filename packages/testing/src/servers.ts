export { freePort } from './servers/free-port.js';
export { startPostgres, whyNoPostgres } from './servers/postgres-server.js';
export type { PostgresServer, PostgresServerOptions } from './servers/postgres-server.js';
export { startRedis, whyNoRedis } from './servers/redis-server.js';
export type { RedisServer, RedisServerOptions } from './servers/redis-server.js';
