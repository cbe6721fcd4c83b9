import type { MachineState } from '@plimsoll/application';
import type { DevicesFound } from '@plimsoll/domain';
import type { GpuDocument, GpuListDocument } from '../schemas/gpu.schema.js';

/** The JSON document of a machine's state. */
export function gpuDocument({ host, devices }: MachineState): GpuDocument {
  const { totalBytes, availableBytes, processorName, processors, platform } = host;
  return {
    schema: 'plimsoll.gpu/1',
    host: { totalBytes, availableBytes, processorName, processors, platform },
    devices: devices.map(({ device, reading }) => ({
      id: device.id,
      index: device.index,
      name: device.name,
      vendor: device.vendor,
      memory: device.memory,
      totalBytes: device.totalBytes,
      driver: device.driver,
      reading:
        reading === null
          ? null
          : {
              atMs: reading.atMs,
              totalBytes: reading.totalBytes,
              usedBytes: reading.usedBytes,
              freeBytes: reading.freeBytes,
              utilization: reading.utilization,
              temperatureC: reading.temperatureC,
              thermalMarginC: reading.thermalMarginC,
              thermalThrottling: reading.thermalThrottling,
              powerCapped: reading.powerCapped,
              powerW: reading.powerW,
              powerLimitW: reading.powerLimitW,
              processes: reading.processes?.map(({ pid, name, usedBytes }) => ({ pid, name, usedBytes })) ?? null,
            },
    })),
  };
}

/** The JSON document of what a search of the catalogue found. */
export function gpuListDocument({ devices, near }: DevicesFound): GpuListDocument {
  return {
    schema: 'plimsoll.gpu-list/1',
    devices: devices.map(
      ({ name, vendor, memory, memoryOptionsBytes, bandwidthBytesPerSecond, fp16Tflops, source }) => ({
        name,
        vendor,
        memory,
        memoryOptionsBytes,
        bandwidthBytesPerSecond,
        fp16Tflops,
        source,
      }),
    ),
    near,
  };
}
