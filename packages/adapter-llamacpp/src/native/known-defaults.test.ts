import { expect, test } from 'vitest';
import { KNOWN_DEFAULTS, checkDefaults } from './known-defaults.js';

test.each(['quantize', 'model', 'context'] as const)(
  '%s: the known defaults pass, any other value is named',
  (struct) => {
    const known: Readonly<Record<string, unknown>> = KNOWN_DEFAULTS[struct];
    expect(() => checkDefaults(struct, known)).not.toThrow();
    for (const field of Object.keys(known)) {
      expect(() => checkDefaults(struct, { ...known, [field]: 12_345 })).toThrow(
        expect.objectContaining({ code: 'engine-mismatch', message: expect.stringContaining(field) as string }),
      );
    }
  },
);
