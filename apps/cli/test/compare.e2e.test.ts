import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_SCHEMAS } from '../src/schemas/all-schemas.js';
import type { CompareDocument } from '../src/schemas/compare.schema.js';
import { TestUser } from './plimsoll.js';

let user: TestUser;
let model: string;
let text: string;

beforeAll(async () => {
  user = await TestUser.create();
  model = user.path('fable-f16.gguf');
  text = user.path('text.txt');
  await copyFile(sampleModelPath(), model);
  await writeFile(text, (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 4000));
});
afterAll(() => user.remove());

describe('plimsoll compare under conditions', () => {
  it('measures speed at depths and of several answers at once', async () => {
    const report = user.path('conditions.html');
    const { code, stdout, stderr } = await user.plimsoll([
      ...['compare', model, '--levels', 'F16,Q4_0', '--make', '--iterations', '2', '--max-tokens', '8'],
      ...['--depths', '0,128', '--concurrency', '1,2', '--no-quality', '--report', report, '--json'],
    ]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as CompareDocument;
    expect(ALL_SCHEMAS['compare']!.safeParse(document).error?.issues).toBeUndefined();
    const [reference, level] = document.levels;
    expect(reference?.decodeSpeedup).toBeNull();
    expect(level?.decodeSpeedup).toMatchObject({ confidence: 0.95, verdict: 'no difference shown' });
    for (const { depths, concurrency, devices } of document.levels) {
      expect(depths).toMatchObject([
        { depthTokens: 0, failed: 0 },
        { depthTokens: 128, failed: 0 },
      ]);
      // The prompt's tokens are estimated from its letters.
      expect(depths[1]!.promptTokens).toBeGreaterThan(64);
      expect(depths[1]!.promptTokens).toBeLessThan(256);
      expect(depths[1]!.prefillTokensPerSecond).toBeGreaterThan(0);
      expect(concurrency.map((one) => one.concurrency)).toEqual([1, 2]);
      expect(concurrency[1]!.totalTokensPerSecond).toBeGreaterThan(0);
      expect(Object.keys(devices).sort()).toEqual(['energyJPerToken', 'temperatureC', 'throttled']);
    }
    expect(document.verdict.sentences.join(' ')).toContain('--iterations 6 can');
  });

  it.each([
    [['--depths', '-1'], /--depths is "-1".*from 0/],
    [['--depths', 'deep'], /--depths is "deep"/],
    [['--depths', ','], /--depths is ","/],
    [['--concurrency', '0'], /--concurrency is "0".*from 1/],
    [['--concurrency', '1,two'], /--concurrency is "two"/],
    [['--depths', '64', '--iterations', '0'], /--depths asks for timed runs/],
  ])('refuses %j', async (flags, message) => {
    const { code, stdout, stderr } = await user.plimsoll(['compare', model, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
