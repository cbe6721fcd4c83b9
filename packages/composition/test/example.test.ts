import { MEASUREMENT_STORE } from '@plimsoll/di';
import { sampleModelPath } from '@plimsoll/sample-model';
import { InMemoryConfigStore, InMemoryMeasurementStore } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { levelsThatFit } from '../examples/compose-a-front-end.js';

test('the example plans a file on a described card', async () => {
  const levels = await levelsThatFit(sampleModelPath(), 8 * 1024 ** 3, {
    config: new InMemoryConfigStore({ backend: 'embedded' }),
    replace: new Map([[MEASUREMENT_STORE, new InMemoryMeasurementStore()]]),
  });
  expect(levels).toContain('Q4_K_M');
});
