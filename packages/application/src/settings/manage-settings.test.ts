import { InMemoryConfigStore, RecordingEventBus } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { ManageSettings } from './manage-settings.js';

test('bits are set at run time, saved, and told to the running process', async () => {
  const bus = new RecordingEventBus();
  const config = new InMemoryConfigStore({ quantizationLevel: 'Q5_K_M' });
  const settings = new ManageSettings(config, bus);
  expect(await settings.setQuantization(true, 8)).toEqual({ enabled: true, bits: 8, level: null });
  expect((await config.load()).settings.quantizationBits).toBe(8);
  expect(bus.events.map(({ type }) => type)).toEqual(['settings-changed']);
});

test('quantization is turned off without forgetting the bits', async () => {
  const settings = new ManageSettings(new InMemoryConfigStore({ quantizationBits: 8 }), new RecordingEventBus());
  expect(await settings.setQuantization(false)).toEqual({ enabled: false, bits: 8, level: null });
});

test.each([0, 3, 5, 32, Number.NaN])('%s bits are refused, naming what is allowed', async (bits) => {
  const settings = new ManageSettings(new InMemoryConfigStore(), new RecordingEventBus());
  await expect(settings.setQuantization(true, bits)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('4, 8, 16') as string,
  });
  expect(await settings.quantization()).toMatchObject({ bits: 4 });
});
