import type { PlanCandidate } from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';
import { demandConsent } from './run.consent.js';

function candidate(sizeBytes: number | undefined, status: PlanCandidate['variant']['status'], weightsBytes = 0) {
  const footprint = { devices: [{ weightsBytes }], host: { weightsBytes } };
  return { level: 'Q4_K_M', variant: { name: 'm', status, sizeBytes }, footprint } as unknown as PlanCandidate;
}
const asked: string[] = [];
const answering = (text: string) => async (question: string) => {
  asked.push(question);
  return text;
};

describe('consent to a large variant', () => {
  test.each(['y', 'Y', ' yes \n', 'YES'])('is given by %j', async (text) => {
    await demandConsent('llama', candidate(2e9, 'remote'), answering(text));
    expect(asked.at(-1)).toBe('Downloading llama at Q4_K_M takes 1.86 GiB. Go on? [y/N] ');
  });

  test.each(['', 'n', 'yeah', 'sure\u0003'])('is not given by %j', async (text) => {
    await expect(demandConsent('llama', candidate(2e9, 'remote'), answering(text))).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'Nothing was made.',
    });
  });

  test('where nobody can be asked, the error says how to allow it', async () => {
    await expect(demandConsent('llama', candidate(undefined, 'buildable', 0.6e9), null)).rejects.toMatchObject({
      message: 'Making llama at Q4_K_M takes 1.12 GiB.',
      hint: expect.stringContaining('--yes') as string,
    });
  });

  test.each([
    [1e9, 'remote'],
    [9e9, 'local'],
    [9e9, 'missing'],
  ] as const)('is not asked for %d bytes that are %s', async (bytes, status) => {
    const before = asked.length;
    await demandConsent('llama', candidate(bytes, status), answering('n'));
    expect(asked.length).toBe(before);
  });

  test('foreign names reach the terminal as text', async () => {
    await demandConsent('evil\u001b[2J', candidate(2e9, 'remote'), answering('y'));
    expect(asked.at(-1)).not.toContain('\u001b');
  });
});
