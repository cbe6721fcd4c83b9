import type { BackendUseCases, Governor } from '@plimsoll/composition';
import { governorDocument } from '@plimsoll/contract';
import { CapabilityMissingError } from '@plimsoll/domain';
import type { EventBus, PlimsollEvent } from '@plimsoll/domain';
import type { GpuManager } from './gpu-manager.js';

/** A manager over the backend that `using` holds while it is asked. */
export function createGpuManager(
  events: EventBus,
  using: <Result>(work: (use: BackendUseCases) => Promise<Result>) => Promise<Result>,
): GpuManager {
  const governed = <Result>(work: (governor: Governor) => Result | Promise<Result>): Promise<Result> =>
    using(async (use) => {
      const governor = await use.governor();
      if (governor !== null) return work(governor);
      throw new CapabilityMissingError('Memory is not governed here.', {
        hint: "Open the client with { governor: { mode: 'active' } } and a backend whose models are ours to move.",
      });
    });
  const on = <Type extends PlimsollEvent['type']>(
    type: Type,
    listener: (event: Extract<PlimsollEvent, { readonly type: Type }>) => void,
  ): (() => void) =>
    events.subscribe((event) => {
      if (isOf(event, type)) listener(event);
    });
  return {
    status: () => governed(async ({ govern }) => governorDocument(await govern.status())),
    onPressure: (listener) => on('memory-pressure', listener),
    onDecision: (listener) => on('governor-decided', listener),
    pin: (model, to) => governed(({ govern }) => govern.pin(model, to)),
    setMode: (mode) => governed(({ govern }) => govern.steer(mode)),
  };
}

const isOf = <Type extends PlimsollEvent['type']>(
  event: PlimsollEvent,
  type: Type,
): event is Extract<PlimsollEvent, { readonly type: Type }> => event.type === type;
