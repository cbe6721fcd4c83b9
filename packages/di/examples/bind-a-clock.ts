import 'reflect-metadata';
import { CLOCK } from '@plimsoll/di';
import { Container } from 'inversify';

/** Binds the machine's clock and asks for the time by the port's identifier. */
export function bindAClock(): number {
  const container = new Container();
  container.bind(CLOCK).toConstantValue({
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
  });
  return container.get(CLOCK).nowMs();
}
