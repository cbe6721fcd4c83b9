import type { GpuProbeOptions, ListEngineDevices } from '@plimsoll/adapter-gpu';
import { existsSync } from 'node:fs';

/** How this machine's devices are looked for: by their makers' means, and by the embedded engine for those without. */
export function gpuOptions(): GpuProbeOptions {
  return { engineDevices: mayHaveOtherDevices() ? engineDevices : undefined };
}

/** Whether there may be a device that only the engine knows, such as Intel's. Asking it starts a process. */
function mayHaveOtherDevices(): boolean {
  return process.platform === 'win32' || (process.platform === 'linux' && existsSync('/dev/dri'));
}

/** The devices of the embedded engine; none when it cannot run here. */
async function engineDevices(): ReturnType<ListEngineDevices> {
  const engine = await import('@plimsoll/adapter-llamacpp');
  return engine.engineDevices().catch(() => []);
}
