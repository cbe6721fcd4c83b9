import { copyFile, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { SAMPLE_MODEL, sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
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

/** Runs a command with `--json` and checks the document against its published shape. */
async function documentOf(name: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await user.plimsoll([...args, '--json']);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  const document = JSON.parse(stdout) as Record<string, unknown>;
  const checked = ALL_SCHEMAS[name]!.safeParse(document);
  expect(checked.error?.issues).toBeUndefined();
  expect(document['schema']).toBe(`plimsoll.${name}/1`);
  return document;
}

describe('plimsoll on the embedded engine', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await user.plimsoll(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('inspects a model', async () => {
    const document = await documentOf('inspect', ['inspect', model, '--tensors', '--metadata']);
    expect(document).toMatchObject({
      model: { architecture: 'llama', level: 'F16' },
      source: { fileBytes: SAMPLE_MODEL.fileBytes, fetchedBytes: 0 },
    });
    const { stdout } = await user.plimsoll(['inspect', model]);
    expect(stdout).toContain('5.77M');
  });

  it('plans for this machine, for a card, and for the processor alone', async () => {
    const here = await documentOf('plan', ['plan', model]);
    expect(here).toMatchObject({ recommended: { level: 'Q8_0' } });
    const small = await documentOf('plan', ['plan', model, '--vram', '14MB']);
    expect(small).toMatchObject({ recommended: { level: expect.not.stringMatching(/^F16$/) as string } });
    const card = await documentOf('plan', ['plan', model, '--gpu', 'RTX 4060', '--level', 'q8_0', '--level', 'Q4_0']);
    // Each with two types of cache.
    const levels = (card['candidates'] as { level: string }[]).map(({ level }) => level);
    expect(levels).toEqual(['Q8_0', 'Q8_0', 'Q4_0', 'Q4_0']);
    const cpu = await documentOf('plan', ['plan', model, '--vram', '0', '--context', '128', '--kv', 'q8_0']);
    expect(cpu).toMatchObject({
      budget: { devices: [] },
      recommended: { context: 128, kvCache: 'q8_0', gpuLayers: 0 },
    });
  });

  it('says with exit code 3 that nothing fits, and by how much', async () => {
    const { code, stdout } = await user.plimsoll(['plan', model, '--vram', '1MB', '--gpu-layers', '7']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/short/);
  });

  it('quantizes, tells sizes beforehand, and answers with the result', async () => {
    const dry = await documentOf('quantize', ['quantize', model, '--to', 'Q4_0', '--dry-run']);
    const target = user.path('small.gguf');
    const made = await documentOf('quantize', ['quantize', model, '--to', 'Q4_0', '--out', target]);
    const { size } = await stat(target);
    expect(made).toMatchObject({ level: 'Q4_0', path: target, method: 'quantize', sizeBytes: size });
    expect(dry).toMatchObject({ dryRun: true, sizeBytes: size, path: null });
    const answer = await documentOf('run', [
      'run',
      target,
      'Once upon a time',
      '--raw',
      '--max-tokens',
      '12',
      '--seed',
      '1',
    ]);
    expect(answer).toMatchObject({
      variant: { level: 'Q4_0' },
      timings: { generatedTokens: 12 },
      stopReason: 'length',
    });
  });

  it('runs the variant that the settings choose, made when missing, and takes prompts from stdin', async () => {
    await documentOf('config', ['config', 'set', 'ai.quantization_bits', '4']);
    const refused = await user.plimsoll(['run', model, 'Hello', '--no-make']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`plimsoll quantize ${model} --to Q4_K_M`);
    const { code, stdout, stderr } = await user.plimsoll(['run', model, '--raw', '--max-tokens', '8'], {
      input: 'Once upon a time\n',
    });
    expect(code).toBe(0);
    expect(stdout.trim()).not.toBe('');
    expect(stderr).toContain('made just now');
    expect(await readdir(user.folder)).toContain('fable-Q4_K_M.gguf');
  });

  it('records what ran', async () => {
    const { variants } = (await documentOf('stats', ['stats', model])) as { variants: { total: number }[] };
    expect(variants).toMatchObject([{ variant: user.path('fable-Q4_K_M.gguf'), total: 1, succeeded: 1, failed: 0 }]);
  });

  it('compares levels and writes a page about it', async () => {
    const report = user.path('report.html');
    const levels = ['--levels', 'F16,Q4_K_M', '--iterations', '1', '--max-tokens', '16', '--window', '64'];
    const text = user.path('text.txt');
    await writeFile(text, (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 4000));
    const document = await documentOf('compare', ['compare', model, ...levels, '--text', text, '--report', report]);
    expect(document).toMatchObject({
      reference: { level: 'F16', kvCache: 'f16' },
      levels: [
        { level: 'F16', runs: { total: 1, succeeded: 1, speedup: 1 }, quality: { meanKld: 0, sameTopToken: 1 } },
        { level: 'Q4_K_M', runs: { succeeded: 1 }, quality: { coverage: { kind: 'full' } } },
      ],
    });
    expect(await readFile(report, 'utf8')).toContain('<!doctype html>');
  });

  it('shows machine, models, settings and health', async () => {
    await documentOf('gpu', ['gpu']);
    await documentOf('models', ['models']);
    await documentOf('config', ['config', 'get']);
    await documentOf('config-path', ['config', 'path']);
    await documentOf('config-validate', ['config', 'validate']);
    expect(await documentOf('doctor', ['doctor'])).toMatchObject({ healthy: true });
  });

  it('prints JSON Schemas of the configuration and of every document', async () => {
    const { stdout: names } = await user.plimsoll(['schema']);
    expect(names.trim().split('\n')).toEqual(Object.keys(ALL_SCHEMAS));
    for (const args of [
      ['config', 'schema'],
      ['schema', 'plan'],
    ]) {
      const { code, stdout } = await user.plimsoll(args);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toHaveProperty('$schema');
    }
  });
});

describe('plimsoll demo', () => {
  it('does the main job from start to end', async () => {
    const document = await documentOf('demo', ['demo']);
    expect(document).toMatchObject({
      comparison: { levels: [{ level: 'F16' }, { level: 'Q8_0' }, { level: 'Q4_K_M' }] },
      recommended: expect.stringMatching(/^(F16|Q8_0|Q4_K_M)$/) as string,
    });
    const { variants } = (await documentOf('stats', ['stats'])) as { variants: { variant: string }[] };
    expect(variants.some(({ variant }) => variant.includes('demo'))).toBe(false);
  });
});
