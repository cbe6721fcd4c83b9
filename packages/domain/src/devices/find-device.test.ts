import { describe, expect, test } from 'vitest';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import { deviceCatalogue } from './catalogue.js';
import { findDevice, profileOf, searchDevices } from './find-device.js';

const GIB = 1024 ** 3;

describe('names as people and drivers write them', () => {
  test.each([
    ['RTX 4060', 'GeForce RTX 4060', 8],
    ['rtx4060ti 16gb', 'GeForce RTX 4060 Ti', 16],
    ['RTX 4060 Ti 8 GB', 'GeForce RTX 4060 Ti', 8],
    ['M2 Pro 32GB', 'M2 Pro', 32],
    ['Apple M1 Max 64 GB', 'M1 Max', 64],
    ['M3 Max 36GB', 'M3 Max 14-core', 36],
    ['M3 Max 64GB', 'M3 Max', 64],
    ['NVIDIA GeForce RTX 3060', 'GeForce RTX 3060', 12],
    ['rtx 3060 8gb', 'GeForce RTX 3060 8GB', 8],
    ['RTX 3060 12GB', 'GeForce RTX 3060', 12],
    ['4090', 'GeForce RTX 4090', 24],
    ['NVIDIA GeForce RTX 4070 Laptop GPU', 'GeForce RTX 4070 Laptop', 8],
    ['rtx 4070 mobile', 'GeForce RTX 4070 Laptop', 8],
    ['NVIDIA H100 80GB HBM3', 'H100 SXM', 80],
    ['NVIDIA H100 PCIe', 'H100 PCIe', 80],
    ['NVIDIA A100-SXM4-80GB', 'A100 80GB SXM', 80],
    ['NVIDIA A100-PCIE-40GB', 'A100 40GB', 40],
    ['Tesla T4', 'T4', 16],
    ['Tesla V100-SXM2-16GB', 'V100 SXM2', 16],
    ['NVIDIA RTX 6000 Ada Generation', 'RTX 6000 Ada', 48],
    ['NVIDIA RTX A6000', 'RTX A6000', 48],
    ['AMD Radeon RX 7900 XTX', 'Radeon RX 7900 XTX', 24],
    ['7900xtx', 'Radeon RX 7900 XTX', 24],
    ['Intel(R) Arc(TM) A770 Graphics', 'Arc A770', 16],
    ['AMD Instinct MI300X', 'Instinct MI300X', 192],
  ])('%s', (text, name, gib) => {
    const { profile, memoryBytes } = findDevice(text);
    expect([profile.name, memoryBytes / GIB]).toEqual([name, gib]);
  });
});

describe('names that do not settle it', () => {
  function hintOf(text: string): string {
    try {
      findDevice(text);
    } catch (error) {
      if (isPlimsollError(error)) return `${error.code}: ${error.message} ${error.hint ?? ''}`;
    }
    return 'found';
  }

  test.each([
    ['RTX 4060 Ti', /sold with 8, 16 GB.*"GeForce RTX 4060 Ti 8GB", "GeForce RTX 4060 Ti 16GB"/],
    ['M2 Pro', /"M2 Pro 16GB", "M2 Pro 32GB"/],
    ['M4 Max', /can mean several.*"M4 Max 48GB".*"M4 Max 14-core"/],
    ['RTX 4090 48GB', /not sold with 48 GB.*but with 24/],
    ['RTX 4065', /No device is known.*"GeForce RTX 40[0-9]{2}/],
    ['rtx 4o60', /GeForce RTX 4060/],
    ['', /No device is known as ""/],
    ['💾', /No device is known/],
  ])('%s', (text, message) => {
    expect(hintOf(text)).toMatch(/^invalid-input: /);
    expect(hintOf(text)).toMatch(message);
  });
});

describe('what a probe reports', () => {
  test('the driver shows a little less than what is sold', () => {
    expect(profileOf('NVIDIA GeForce RTX 3060', 12_288 * 1024 ** 2)?.bandwidthBytesPerSecond).toBe(360e9);
    expect(profileOf('NVIDIA GeForce RTX 3060', 8188 * 1024 ** 2)?.bandwidthBytesPerSecond).toBe(240e9);
    expect(profileOf('NVIDIA GeForce RTX 4060 Ti', 16_380 * 1024 ** 2)?.name).toBe('GeForce RTX 4060 Ti');
    expect(profileOf('Apple M3 Max', 36 * GIB)?.bandwidthBytesPerSecond).toBe(300e9);
    expect(profileOf('Apple M3 Max')?.bandwidthBytesPerSecond).toBe(400e9);
  });

  test('an unknown device is unknown, not an error', () => {
    expect(profileOf('llvmpipe (LLVM 19.1.7, 256 bits)')).toBeNull();
  });
});

describe('the catalogue', () => {
  test('holds at least 80 devices, each found by its own names', () => {
    expect(deviceCatalogue().length).toBeGreaterThanOrEqual(80);
    for (const profile of deviceCatalogue()) {
      for (const bytes of profile.memoryOptionsBytes) {
        const sized = /\dGB/.test(profile.name) ? profile.name : `${profile.name} ${bytes / GIB}GB`;
        expect(findDevice(sized)).toEqual({ profile, memoryBytes: bytes });
      }
    }
  });

  test('has plausible figures and a source in every row', () => {
    for (const { name, memoryOptionsBytes, bandwidthBytesPerSecond, fp16Tflops, source } of deviceCatalogue()) {
      expect(memoryOptionsBytes, name).toEqual([...memoryOptionsBytes].sort((a, b) => a - b));
      expect(bandwidthBytesPerSecond ?? 50e9, name).toBeGreaterThanOrEqual(50e9);
      expect(bandwidthBytesPerSecond ?? 50e9, name).toBeLessThanOrEqual(8000e9);
      expect(fp16Tflops ?? 1, name).toBeGreaterThan(0);
      expect(source, name).not.toBe('');
    }
  });

  // Bandwidths of the project's fact sheet, GB/s
  test.each([
    ['RTX 3060', 360],
    ['RTX 4060', 272],
    ['RTX 4060 Ti 8GB', 288],
    ['RTX 4070', 504],
    ['RTX 4080', 717],
    ['RTX 4090', 1008],
    ['RTX 5090', 1792],
    ['A100 40GB', 1555],
    ['A100 80GB SXM', 2039],
    ['H100 PCIe', 2039],
    ['H100 SXM', 3350],
    ['RX 7900 XTX', 960],
    ['M1 8GB', 68],
    ['M2 8GB', 100],
    ['M3 Pro 18GB', 150],
    ['M4 Max 128GB', 546],
  ])('%s reads %s GB/s', (text, gbs) => {
    expect(findDevice(text).profile.bandwidthBytesPerSecond).toBe(gbs * 1e9);
  });
});

describe('the catalogue is searched', () => {
  const names = (text: string): readonly string[] => searchDevices(text).devices.map(({ name }) => name);

  test('for every word of a text, with and without its blanks', () => {
    expect(names('4060')).toEqual(expect.arrayContaining(['GeForce RTX 4060', 'GeForce RTX 4060 Ti']));
    expect(names('rtx4060ti')).toContain('GeForce RTX 4060 Ti');
    expect(names('nvidia 3090')).toContain('GeForce RTX 3090');
    expect(names('apple max').every((name) => name.includes('Max'))).toBe(true);
    expect(names('')).toHaveLength(deviceCatalogue().length);
  });

  test('what is not there has near names', () => {
    const { devices, near } = searchDevices('RTX 4061');
    expect(devices).toEqual([]);
    expect(near).toContain('GeForce RTX 4060');
  });
});
