import type { EngineDevice } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';

/** Which build of the engine this is. */
export async function info(engine: Engine): Promise<{ version: string; flavor: string }> {
  return { version: engine.llama.version(), flavor: engine.files.flavor };
}

/** A device with its native handle. */
export interface NativeDevice extends EngineDevice {
  readonly handle: Pointer;
}

/** The devices that can hold layers, in the engine's own order: discrete ones first, as llama.cpp takes them. */
export function listDevices({ ggml }: Engine): readonly NativeDevice[] {
  const found: NativeDevice[] = [];
  for (let i = 0; i < Number(ggml.deviceCount()); i++) {
    const handle = ggml.device(i);
    const type = ggml.deviceType(handle);
    if (type !== 1 && type !== 2) continue;
    const free = new BigUint64Array(1);
    const total = new BigUint64Array(1);
    ggml.deviceMemory(handle, free, total);
    const known = Number(total[0]) > 0;
    found.push({
      handle,
      id: ggml.deviceName(handle),
      name: ggml.deviceDescription(handle),
      unified: type === 2,
      totalBytes: known ? Number(total[0]) : null,
      freeBytes: known ? Number(free[0]) : null,
    });
  }
  return found;
}

/** The devices as they are told to others. */
export async function devices(engine: Engine): Promise<readonly EngineDevice[]> {
  return listDevices(engine).map(({ id, name, unified, totalBytes, freeBytes }) => ({
    id,
    name,
    unified,
    totalBytes,
    freeBytes,
  }));
}
