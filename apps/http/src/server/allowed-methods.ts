import type { HTTPMethods } from 'fastify';
import type { HttpServer } from './http-server.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The methods that a path answers to; empty when there is no such path. */
export function allowedMethods(server: HttpServer, url: string): readonly HTTPMethods[] {
  const [path = ''] = url.split('?');
  return METHODS.filter((method) => server.hasRoute({ method, url: path }));
}
