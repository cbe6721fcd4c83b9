import { expect, test } from 'vitest';
import * as BACKENDS from './backends.js';
import { BACKEND_IDS, findBackend } from './find-backend.js';

test.each(Object.entries(BACKENDS))('%s stands in the table under its own id', (id, descriptor) => {
  expect(descriptor.id).toBe(id);
  expect(findBackend(id)).toBe(descriptor);
});

test('an unknown backend is refused with those that there are', () => {
  expect(() => findBackend('triton')).toThrow(
    expect.objectContaining({ code: 'invalid-config', hint: `Choose one of ${BACKEND_IDS.join(', ')}.` }),
  );
});
