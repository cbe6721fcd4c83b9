import { copyFile } from 'node:fs/promises';
import { planSchema, planTogetherSchema } from '@plimsoll/contract/schemas';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestUser } from './plimsoll.js';

let user: TestUser;
let model: string;

beforeAll(async () => {
  user = await TestUser.create();
  model = user.path('fable-f16.gguf');
  await copyFile(sampleModelPath(), model);
});
afterAll(() => user.remove());

const document = async (args: readonly string[], exitCode = 0): Promise<unknown> => {
  const { code, stdout, stderr } = await user.plimsoll([...args, '--json']);
  expect({ code, stderr: code === exitCode ? '' : stderr }).toEqual({ code: exitCode, stderr: '' });
  return JSON.parse(stdout);
};

describe('plimsoll plan --exact', () => {
  const args = () => ['plan', model, '--vram', '0', '--level', 'F16', '--level', 'Q4_0'];

  it('gives the engine’s own bytes beside those of the closed form', async () => {
    const { exact, candidates } = planSchema.parse(await document([...args(), '--exact']));
    expect(exact).toEqual({ asked: 4, answered: 4, notes: [] });
    for (const { footprint, exact: own } of candidates) {
      expect(own?.totalBytes).toBe(footprint.total);
      expect(own!.closedFormBytes + own!.differenceBytes).toBe(own!.totalBytes);
      // The closed form's worst error over all architectures: see the benchmark "footprint".
      expect(Math.abs(own!.differenceBytes)).toBeLessThanOrEqual(0.03 * own!.totalBytes);
    }
  });

  it('keeps what it learned: plans that ask nothing say the engine’s bytes from then on', async () => {
    const { candidates: exact } = planSchema.parse(await document([...args(), '--exact']));
    const { candidates: plain } = planSchema.parse(await document(args()));
    for (const [index, { footprint, overheadBytes }] of plain.entries()) {
      expect(footprint.total + overheadBytes).toBe(exact[index]!.exact!.totalBytes);
    }
  });

  it('shows people how far the closed form is off', async () => {
    const { stdout, code } = await user.plimsoll([...args(), '--exact']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/BY FORMULA/);
    expect(stdout).toContain('The engine answered 4 of 4 questions');
  });
});

describe('plimsoll plan --ubatch', () => {
  it('counts the scratch memory of that many tokens, as the engine does, and hands it on', async () => {
    const args = ['plan', model, '--vram', '0', '--level', 'F16', '--context', '2048', '--ubatch'];
    const totals: number[] = [];
    for (const tokens of ['32', '2048']) {
      const { candidates } = planSchema.parse(await document([...args, tokens, '--exact']));
      const { totalBytes, closedFormBytes } = candidates[0]!.exact!;
      expect(Math.abs(closedFormBytes / totalBytes - 1)).toBeLessThan(0.01);
      totals.push(totalBytes);
    }
    expect(totals[1]).toBeGreaterThan(2 * totals[0]!);
    const { stdout } = await user.plimsoll([...args, '32', '--flash-attention', 'on']);
    expect(stdout).toContain('--ubatch 32 --flash-attention on');
    const run = [
      'run',
      model,
      'Once',
      '--max-tokens',
      '3',
      '--level',
      'F16',
      '--ubatch',
      '32',
      '--flash-attention',
      'on',
    ];
    expect((await user.plimsoll(run)).code).toBe(0);
  });
});

describe('plimsoll plan of several models', () => {
  it('fits all of them into memory at once', async () => {
    const other = user.path('other.gguf');
    await copyFile(model, other);
    const plan = planTogetherSchema.parse(await document(['plan', model, other, '--vram', '1GB', '--context', '256']));
    expect(plan.fits).toBe(true);
    expect(plan.models.map(({ device }) => device)).toEqual([0, 0]);
    const sum = plan.models.reduce((total, { candidate }) => total + candidate.footprint.total, 0);
    expect(plan.totalBytes).toBe(
      sum + plan.models.reduce((total, { candidate }) => total + candidate.overheadBytes, 0),
    );
    const { stdout } = await user.plimsoll(['plan', model, other, '--vram', '1GB']);
    expect(stdout).toMatch(/^2 models at once\n/);
  });

  it('says by how much they miss, with exit code 3', async () => {
    const plan = planTogetherSchema.parse(await document(['plan', model, model, '--vram', '1MB'], 3));
    expect(plan).toMatchObject({ fits: false, models: [] });
    expect(plan.shortBytes).toBeGreaterThan(0);
  });

  it.each([['--exact'], ['--html', 'page.html']])('%s is about one model', async (...flags) => {
    const { code, stdout, stderr } = await user.plimsoll(['plan', model, model, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/about one model/);
  });
});
