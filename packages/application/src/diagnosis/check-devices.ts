import type { MachineState } from '../devices/read-devices.js';
import type { Finding } from './finding.js';

const MIB = 1024 ** 2;

/** Degrees left before a slow-down at which a warning is due. */
const NARROW_MARGIN_C = 5;

/** Looks at the devices' memory, heat and limits. */
export function checkDevices(machine: MachineState, limitBytes: number | null): readonly Finding[] {
  if (machine.devices.length === 0) {
    const message = 'No GPU was found; models run on the processor.';
    return [{ check: 'gpu', status: 'ok', message, hint: null }];
  }
  return machine.devices.flatMap(({ device, reading }): readonly Finding[] => {
    if (reading === null) {
      return [
        { check: 'gpu', status: 'unknown', message: `${device.name} gives no readings.`, hint: 'See: plimsoll gpu' },
      ];
    }
    const findings: Finding[] = [];
    if (reading.thermalThrottling === true) {
      findings.push({
        check: 'heat',
        status: 'problem',
        message: `${device.name} is slowed down by heat${reading.temperatureC === null ? '' : ` at ${reading.temperatureC} °C`}.`,
        hint: 'Improve the cooling, or run less at once; watch it with: plimsoll gpu --watch',
      });
    } else if (reading.thermalMarginC !== null && reading.thermalMarginC < NARROW_MARGIN_C) {
      findings.push({
        check: 'heat',
        status: 'warning',
        message: `${device.name} is ${reading.thermalMarginC} °C below its slow-down temperature.`,
        hint: 'Watch it with: plimsoll gpu --watch',
      });
    }
    if (limitBytes !== null && device.totalBytes !== null && limitBytes > device.totalBytes) {
      findings.push({
        check: 'limit',
        status: 'warning',
        message: `gpu_memory_limit_mb is ${Math.round(limitBytes / MIB)}, more than ${device.name} has (${Math.round(device.totalBytes / MIB)} MiB).`,
        hint: `plimsoll config set ai.gpu_memory_limit_mb ${Math.floor((device.totalBytes * 0.9) / MIB)}`,
      });
    }
    if (findings.length > 0) return findings;
    return [
      { check: 'gpu', status: 'ok', message: `${device.name} answers and is not held back by heat.`, hint: null },
    ];
  });
}
