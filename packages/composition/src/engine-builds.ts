import type { EngineBuilds } from '@plimsoll/adapter-llamacpp';
import { checkEngineBuilds, findingFromError, type Finding, type ReadDevices } from '@plimsoll/application';
import type { CallOptions } from '@plimsoll/domain';

/** The builds of the engine inside: those that are here, and those that can be added. */
export async function openEngineBuilds(): Promise<EngineBuilds> {
  const adapter = await import('@plimsoll/adapter-llamacpp');
  return new adapter.EngineBuilds();
}

/** What a diagnosis finds of them. */
export async function engineFindings(devices: ReadDevices, options?: CallOptions): Promise<readonly Finding[]> {
  try {
    const builds = await (await openEngineBuilds()).list();
    const machine = await devices.read(options);
    return checkEngineBuilds(
      builds,
      machine.devices.map(({ device }) => device),
    );
  } catch (error) {
    return [findingFromError('engine', 'unknown', error)];
  }
}
