import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { measureTypeSpeeds } from './measure-type-speeds.js';

test('types are timed on the engine, those of short blocks as well, and nothing is left behind', async () => {
  const folder = await temporaryFolder();
  const types = ['F16', 'Q4_K', 'Q5_1'] as const;
  const { secondsPerWeight, layerSeconds } = await measureTypeSpeeds({ types, weights: 5e6, folder });
  expect(Object.keys(secondsPerWeight)).toEqual(types);
  for (const seconds of [layerSeconds, ...Object.values(secondsPerWeight)]) {
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(1);
  }
  expect(await readdir(folder)).toEqual([]);
});
