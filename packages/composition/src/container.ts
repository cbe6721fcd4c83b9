import 'reflect-metadata/lite';
import { Container, type ServiceIdentifier } from 'inversify';
import { closeService } from './close-service.js';

/**
 * A container that closes what it has made for the tokens of `closing` when it is unbound.
 * Loaded late: a command that needs no adapter does without.
 */
export function createContainer(closing: Iterable<ServiceIdentifier<object>>, parent: Container | null): Container {
  const container = parent === null ? new Container() : new Container({ parent });
  // A function of its own for each token: of one that stands for several, inversify calls only the first.
  for (const token of closing) container.onDeactivation(token, (service) => closeService(service));
  return container;
}
