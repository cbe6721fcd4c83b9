import type { MachineState } from '../devices/read-devices.js';
import { finding } from './finding.js';
import type { Finding } from './finding.js';

const MIB = 1024 ** 2;

/** Degrees left before a slow-down at which a warning is due. */
const NARROW_MARGIN_C = 5;

/** Looks at the devices' memory, heat and limits. */
export function checkDevices(machine: MachineState, limitBytes: number | null): readonly Finding[] {
  if (machine.devices.length === 0) return [finding('gpu', 'ok', { kind: 'no-gpu' })];
  return machine.devices.flatMap(({ device: { name: device, totalBytes }, reading }): readonly Finding[] => {
    if (reading === null) {
      return [finding('gpu', 'unknown', { kind: 'no-readings', device }, { kind: 'list-devices' })];
    }
    const findings: Finding[] = [];
    const { temperatureC, thermalMarginC: marginC } = reading;
    if (reading.thermalThrottling === true) {
      findings.push(finding('heat', 'problem', { kind: 'throttled', device, temperatureC }, { kind: 'watch-devices' }));
    } else if (marginC !== null && marginC < NARROW_MARGIN_C) {
      findings.push(
        finding('heat', 'warning', { kind: 'near-throttling', device, marginC }, { kind: 'watch-devices' }),
      );
    }
    if (limitBytes !== null && totalBytes !== null && limitBytes > totalBytes) {
      const value = String(Math.floor((totalBytes * 0.9) / MIB));
      findings.push(
        finding(
          'limit',
          'warning',
          { kind: 'limit-above-device', device, limitBytes, deviceBytes: totalBytes },
          { kind: 'change-setting', path: 'ai.gpu_memory_limit_mb', value },
        ),
      );
    }
    return findings.length > 0 ? findings : [finding('gpu', 'ok', { kind: 'device-well', device })];
  });
}
