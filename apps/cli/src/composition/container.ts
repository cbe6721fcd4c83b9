import 'reflect-metadata';
import { Container } from 'inversify';

/** A container with constants bound. Loaded late: a command that needs no adapter does without. */
export function createContainer(constants: ReadonlyMap<symbol, object>): Container {
  const container = new Container();
  for (const [token, value] of constants) container.bind(token).toConstantValue(value);
  return container;
}
