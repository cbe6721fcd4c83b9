import { describe, expect, it } from 'vitest';
import { RECORDED_CARDS, answerLine } from '../__fixtures__/nvidia-cards.js';
import type { RecordedCard } from '../__fixtures__/nvidia-cards.js';
import { parseProcesses, parseRow, rowDevice, rowReading } from './parse-rows.js';
import { columnsFromHelp, withoutRefused } from './query-fields.js';

const MIB = 1024 * 1024;

/** Asks for what the card's publisher showed, as the probe does after it has read the driver's help. */
function read(card: RecordedCard) {
  const columns = columnsFromHelp(
    Object.keys(card.answers)
      .map((field) => `"${field}"`)
      .join('\n'),
  );
  const row = parseRow(
    answerLine(
      card,
      columns.map(({ field }) => field),
    ),
    columns,
  );
  return { device: rowDevice(row!), reading: rowReading(row!, 1000) };
}

describe('rows that real cards answered', () => {
  it('reads a card of today', () => {
    const { device, reading } = read(RECORDED_CARDS.rtx4080Super);
    expect(device).toEqual({
      id: 'GPU-00000000-0000-0000-0000-000000000000',
      index: 0,
      name: 'NVIDIA GeForce RTX 4080 SUPER',
      vendor: 'nvidia',
      memory: 'dedicated',
      totalBytes: 16376 * MIB,
      driver: '595.71.05',
    });
    expect(reading).toEqual({
      deviceId: device.id,
      atMs: 1000,
      totalBytes: 16376 * MIB,
      usedBytes: 1474 * MIB,
      freeBytes: 14470 * MIB,
      utilization: 0.07,
      temperatureC: 46,
      thermalMarginC: null,
      thermalThrottling: false,
      powerCapped: false,
      powerW: 84.24,
      powerLimitW: 320,
      processes: null,
    });
  });

  it('reads the margin to throttling where the driver tells it', () => {
    expect(read(RECORDED_CARDS.l40s).reading).toMatchObject({ temperatureC: 54, thermalMarginC: 34, powerW: 110.23 });
  });

  it('does not take the memory of a card in MIG mode for what a program gets', () => {
    const { device, reading } = read(RECORDED_CARDS.h100Mig);
    expect(device).toMatchObject({ name: 'NVIDIA H100 80GB HBM3 (MIG)', totalBytes: null });
    expect(reading).toMatchObject({ totalBytes: null, freeBytes: null, utilization: null, thermalMarginC: 24 });
  });

  it('reads old drivers, and leaves what they do not tell unknown', () => {
    const { device, reading } = read(RECORDED_CARDS.rtx2080);
    expect(device).toMatchObject({ name: 'GeForce RTX 2080', totalBytes: 7979 * MIB });
    expect(reading).toMatchObject({ utilization: 0.86, powerLimitW: 200, freeBytes: null, thermalThrottling: null });
    expect(read(RECORDED_CARDS.rtx3080).reading).toMatchObject({
      freeBytes: 1211 * MIB,
      utilization: null,
      powerW: null,
    });
  });

  it('reads answers that are refused as unknown', () => {
    expect(read(RECORDED_CARDS.a100Pod).reading).toMatchObject({ totalBytes: null, usedBytes: null, temperatureC: 47 });
  });

  it('knows devices that share the memory of the machine', () => {
    const { device, reading } = read(RECORDED_CARDS.gb10);
    expect(device).toMatchObject({ memory: 'unified', totalBytes: null });
    expect(reading).toMatchObject({ freeBytes: null, utilization: 0.02 });
  });
});

describe('lines that are no rows', () => {
  const columns = columnsFromHelp('"index"\n"uuid"\n"memory.total"\n"name"');
  it.each([
    'No devices were found',
    'Unable to determine the device handle for GPU0: 0000:01:00.0: Unknown Error',
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    '',
    '0, [N/A], 1, x',
  ])('skips %j', (line) => expect(parseRow(line, columns)).toBeNull());

  it('keeps a comma in a name', () => {
    expect(parseRow('0, GPU-1, 8192, Card, large', columns)).toMatchObject({ name: 'Card, large' });
  });
});

describe('fields', () => {
  it('takes the name that the driver knows', () => {
    const old = columnsFromHelp('"uuid" or "gpu_uuid"\n"clocks_throttle_reasons.sw_power_cap"\n"power.limit"');
    expect(old.map(({ field }) => field)).toEqual(['uuid', 'clocks_throttle_reasons.sw_power_cap', 'power.limit']);
  });

  it('drops the one that is refused', () => {
    const columns = columnsFromHelp('"uuid"\n"mig.mode.current"');
    // Wording: github.com/plambe/zabbix-nvidia-smi-multi-gpu issue 17.
    const message = 'Field "mig.mode.current" is not a valid field to query.';
    expect(withoutRefused(columns, message)).toEqual([{ key: 'uuid', field: 'uuid' }]);
    expect(withoutRefused(columns, 'something else')).toBeNull();
  });
});

describe('processes', () => {
  it('reads them by device', () => {
    // Processes of the RTX 4080 SUPER capture; see its source in the fixture.
    const id = 'GPU-00000000-0000-0000-0000-000000000000';
    const text = `${id}, 2165, 25, /usr/bin/kwin_wayland\n${id}, 5022, [N/A], ffmpeg\n`;
    expect(parseProcesses(text).get(id)).toEqual([
      { pid: 2165, name: '/usr/bin/kwin_wayland', usedBytes: 25 * MIB },
      { pid: 5022, name: 'ffmpeg', usedBytes: null },
    ]);
  });
});
