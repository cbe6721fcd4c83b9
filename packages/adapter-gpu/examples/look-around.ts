import { SystemHostProbe, createGpuProbe } from '@plimsoll/adapter-gpu';

const gpu = createGpuProbe();
const host = await new SystemHostProbe().read();

console.log(host.processorName ?? 'unknown processor', host.processors, host.availableBytes);
for (const { id, name, totalBytes } of await gpu.devices()) console.log(id, name, totalBytes ?? 'unknown');

const abort = new AbortController();
for await (const readings of gpu.watch(1000, { signal: abort.signal })) {
  for (const { deviceId, freeBytes, thermalMarginC } of readings) console.log(deviceId, freeBytes, thermalMarginC);
  abort.abort();
}
await gpu.close();
