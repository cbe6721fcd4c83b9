import type { GpuDocument, GpuReadingDocument } from '@plimsoll/contract';
import { UNKNOWN, formatBytes, formatPercent } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

/** The machine and its devices as they are now. */
export function renderMachine(document: GpuDocument, style: Style, width: number | null): string {
  const { host, devices } = document;
  const processor = `${host.processorName ?? 'Unknown processor'}, ${host.processors} usable`;
  const memory = `${formatBytes(host.availableBytes)} of ${formatBytes(host.totalBytes)} available`;
  const lines = [`${style.bold('Processor')}  ${processor}`, `${style.bold('Memory')}     ${memory}`, ''];
  if (devices.length === 0) {
    lines.push('No GPU was found; models run on the processor.');
    return lines.join('\n');
  }
  lines.push(
    renderTable(
      [
        { header: '#', align: 'right' },
        { header: 'DEVICE', flexible: true },
        { header: 'MEMORY USED' },
        { header: 'FREE', align: 'right', dropped: 4 },
        { header: 'LOAD', align: 'right', dropped: 3 },
        { header: 'HEAT', align: 'right' },
        { header: 'POWER', align: 'right', dropped: 2 },
        { header: 'DRIVER', dropped: 1 },
      ],
      devices.map((device) => [
        String(device.index),
        device.name,
        memoryUsed(device.reading, device.totalBytes),
        formatBytes(device.reading?.freeBytes ?? null),
        formatPercent(device.reading?.utilization ?? null, 0),
        heat(device.reading, style),
        power(device.reading),
        device.driver ?? UNKNOWN,
      ]),
      { maxWidth: width, headerStyle: style.dim },
    ),
  );
  for (const { name, reading } of devices) lines.push(...processLines(name, reading));
  return lines.join('\n');
}

function memoryUsed(reading: GpuReadingDocument | null, totalBytes: number | null): string {
  const total = formatBytes(reading?.totalBytes ?? totalBytes);
  return reading?.usedBytes == null ? `${UNKNOWN} of ${total}` : `${formatBytes(reading.usedBytes)} of ${total}`;
}

function heat(reading: GpuReadingDocument | null, style: Style): string {
  if (reading?.temperatureC == null) return UNKNOWN;
  const text = `${Math.round(reading.temperatureC)} °C`;
  if (reading.thermalThrottling === true) return style.red(`${text}, slowed down`);
  return reading.thermalMarginC !== null && reading.thermalMarginC < 5 ? style.yellow(text) : text;
}

function power(reading: GpuReadingDocument | null): string {
  if (reading?.powerW == null) return UNKNOWN;
  const limit = reading.powerLimitW === null ? '' : ` of ${Math.round(reading.powerLimitW)}`;
  return `${Math.round(reading.powerW)}${limit} W${reading.powerCapped === true ? ', capped' : ''}`;
}

function processLines(name: string, reading: GpuReadingDocument | null): readonly string[] {
  const processes = reading?.processes ?? [];
  if (processes.length === 0) return [];
  return [
    '',
    `On ${name}:`,
    ...processes.map(
      ({ pid, name: process, usedBytes }) => `  ${pid}  ${process ?? 'unknown'}  ${formatBytes(usedBytes)}`,
    ),
  ];
}
