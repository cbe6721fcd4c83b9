import type { CallOptions } from '@plimsoll/domain';
import type { EngineOptions } from './engine-options.js';
import { EngineProcess } from './engine-process.js';
import type { EngineDevice } from './protocol.js';

/** The devices the engine could put layers on, with their memory as its driver tells it now; empty without one. */
export async function engineDevices(
  options: EngineOptions = {},
  call: CallOptions = {},
): Promise<readonly EngineDevice[]> {
  const engine = new EngineProcess(options);
  try {
    return await engine.call('devices', null, call.signal);
  } finally {
    await engine.close();
  }
}
