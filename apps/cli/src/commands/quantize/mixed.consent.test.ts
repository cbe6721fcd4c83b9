import { describe, expect, test } from 'vitest';
import { agreeToTime } from './mixed.consent.js';

const minutes = (count: number) => ({ evaluations: 53, durationMs: count * 60_000 });
const nobody = agreeToTime({ terminal: null, signal: new AbortController().signal }, 'model.gguf', () => undefined);

describe('time for measurements', () => {
  test('is taken without a question up to ten minutes', async () => {
    await expect(nobody(minutes(10))).resolves.toBeUndefined();
  });

  test('beyond them needs --yes where nobody can be asked', async () => {
    await expect(nobody(minutes(25))).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'Measuring model.gguf takes about 25 min 0 s (53 evaluations).',
      hint: expect.stringContaining('--yes') as string,
    });
  });
});
