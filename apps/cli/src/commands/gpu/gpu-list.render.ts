import type { GpuListDocument } from '@plimsoll/contract';
import { UNKNOWN, formatNumber } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

const GIBIBYTE = 1024 ** 3;

/** Devices of the catalogue, a line each. */
export function renderDeviceList({ devices }: GpuListDocument, style: Style, width: number | null): string {
  return renderTable(
    [
      { header: 'NAME', flexible: true },
      { header: 'VENDOR', dropped: 2 },
      { header: 'MEMORY GB', align: 'right' },
      { header: 'GB/S', align: 'right' },
      { header: 'FP16 TFLOPS', align: 'right', dropped: 1 },
    ],
    devices.map(({ name, vendor, memory, memoryOptionsBytes, bandwidthBytesPerSecond, fp16Tflops }) => [
      name,
      vendor,
      `${memoryOptionsBytes.map((bytes) => formatNumber(bytes / GIBIBYTE)).join(', ')}${memory === 'unified' ? ' shared' : ''}`,
      bandwidthBytesPerSecond === null ? UNKNOWN : formatNumber(bandwidthBytesPerSecond / 1e9),
      fp16Tflops === null ? UNKNOWN : formatNumber(fp16Tflops),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
}
