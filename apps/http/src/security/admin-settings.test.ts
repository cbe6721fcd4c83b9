import { TEST_SETTINGS } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { assertChangeable } from './admin-settings.js';

test('an adapter is a file of this machine: only what is there already passes without the admin token', () => {
  const adapters = [{ path: '/a.gguf', scale: 1 }];
  const current = { ...TEST_SETTINGS, modelOverrides: { tale: { adapters } } };
  for (const tale of [{ adapters, contextTokens: 64 }, { contextTokens: 64 }]) {
    expect(() => assertChangeable({ modelOverrides: { tale } }, current)).not.toThrow();
  }
  for (const modelOverrides of [{ tale: { adapters: [{ path: '/b.gguf', scale: 1 }] } }, { other: { adapters } }]) {
    expect(() => assertChangeable({ modelOverrides }, current)).toThrow(
      /adapters of modelOverrides needs the admin token/,
    );
  }
});
