import { describe, expect, it } from 'vitest';
import { fileTree } from '../../test/file-tree.js';
import { AmdSysfsProbe } from './amd-sysfs-probe.js';

const card = 'class/drm/card1/device';

describe('AmdSysfsProbe', () => {
  it('reads a card', async () => {
    // Memory: github.com/elementary/monitor issue 369 (an 8 GB card). Temperatures: github.com/marazmista/radeon-profile
    // issue 199 (a Vega: 29, 29 and 31 °C of 85, 105 and 95). The rest shows the units of the kernel's documentation.
    const root = fileTree({
      [`${card}/vendor`]: '0x1002',
      [`${card}/device`]: '0x687f',
      [`${card}/mem_info_vram_total`]: 8573157376,
      [`${card}/mem_info_vram_used`]: 6812925952,
      [`${card}/mem_info_gtt_total`]: 16726814720,
      [`${card}/mem_info_gtt_used`]: 1000000,
      [`${card}/gpu_busy_percent`]: 80,
      [`${card}/mem_busy_percent`]: 12,
      [`${card}/hwmon/hwmon4/temp1_input`]: 29000,
      [`${card}/hwmon/hwmon4/temp1_crit`]: 85000,
      [`${card}/hwmon/hwmon4/temp2_input`]: 29000,
      [`${card}/hwmon/hwmon4/temp2_crit`]: 105000,
      [`${card}/hwmon/hwmon4/temp3_input`]: 31000,
      [`${card}/hwmon/hwmon4/temp3_crit`]: 95000,
      [`${card}/hwmon/hwmon4/power1_average`]: 30000000,
      [`${card}/hwmon/hwmon4/power1_cap`]: 165000000,
      'class/drm/card1-DP-1/status': 'connected',
      'class/drm/card0/device/vendor': '0x10de',
    });
    const probe = new AmdSysfsProbe(root);
    const [device, ...others] = await probe.devices();
    expect(others).toEqual([]);
    expect(device).toMatchObject({ index: 0, name: 'AMD GPU 0x687f', vendor: 'amd', memory: 'dedicated' });
    expect(device?.totalBytes).toBe(8573157376);
    const [reading] = await probe.read();
    expect(reading).toMatchObject({
      deviceId: device?.id,
      usedBytes: 6812925952,
      freeBytes: 8573157376 - 6812925952,
      utilization: 0.8,
      temperatureC: 29,
      thermalMarginC: 56,
      thermalThrottling: null,
      powerW: 30,
      powerLimitW: 165,
      processes: null,
    });
  });

  it('counts the shared memory of a processor with graphics, which has no memory of its own to be busy', async () => {
    const root = fileTree({
      [`${card}/vendor`]: '0x1002',
      [`${card}/product_name`]: 'Some APU',
      [`${card}/gpu_busy_percent`]: 0,
      [`${card}/mem_info_vram_total`]: 500,
      [`${card}/mem_info_vram_used`]: 400,
      [`${card}/mem_info_gtt_total`]: 8000,
      [`${card}/mem_info_gtt_used`]: 100,
      [`${card}/hwmon/hwmon0/temp1_input`]: 96000,
      [`${card}/hwmon/hwmon0/temp1_crit`]: 95000,
      [`${card}/hwmon/hwmon0/power1_input`]: 15000000,
    });
    const probe = new AmdSysfsProbe(root);
    expect(await probe.devices()).toMatchObject([{ name: 'Some APU', memory: 'unified', totalBytes: 8500 }]);
    expect(await probe.read()).toMatchObject([
      { usedBytes: 500, freeBytes: 8000, thermalMarginC: -1, thermalThrottling: true, powerW: 15, powerLimitW: null },
    ]);
  });

  it('leaves unknown what the driver does not tell', async () => {
    const root = fileTree({ [`${card}/vendor`]: '0x1002', [`${card}/gpu_busy_percent`]: '' });
    expect(await new AmdSysfsProbe(root).read()).toMatchObject([
      { totalBytes: null, freeBytes: null, utilization: null, temperatureC: null, thermalMarginC: null, powerW: null },
    ]);
  });

  it('sees nothing without sysfs', async () => {
    expect(await new AmdSysfsProbe('/nowhere').devices()).toEqual([]);
  });
});
