import 'reflect-metadata';
import { InProcessEvents, backendModule, createUseCases, systemClock } from '@plimsoll/composition';
import type { UseCases } from '@plimsoll/composition';
import { CLOCK, CONFIG_STORE, EVENT_BUS } from '@plimsoll/di';
import type { ConfigStore } from '@plimsoll/domain';
import { Container } from 'inversify';
import type { ContainerModule } from 'inversify';

/** A composition root: settings, clock, events, the chosen backend, and whatever else the front end brings. */
export async function composeFrontEnd(
  config: ConfigStore,
  others: readonly ContainerModule[],
  warn: (message: string) => void,
): Promise<UseCases> {
  const { settings } = await config.load();
  const container = new Container();
  container.bind(CONFIG_STORE).toConstantValue(config);
  container.bind(CLOCK).toConstantValue(systemClock);
  container.bind(EVENT_BUS).toConstantValue(new InProcessEvents());
  container.load(...(await backendModule(settings)), ...others);
  return createUseCases(container, settings, warn);
}
