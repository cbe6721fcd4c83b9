import { copyFile, readFile, writeFile } from 'node:fs/promises';
import type { CompareDocument, StatsDocument } from '@plimsoll/contract';
import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { writeOneSentenceModel } from '@plimsoll/testing';
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

/** Runs a command with `--json` and gives its document, checked against the published shape. */
async function documentOf<Document>(name: string, args: readonly string[], exitCode = 0): Promise<Document> {
  const { code, stdout, stderr } = await user.plimsoll([...args, '--json']);
  expect({ args, code, stderr: code === exitCode ? '' : stderr }).toEqual({ args, code: exitCode, stderr: '' });
  const document = JSON.parse(stdout) as Document;
  expect(ALL_SCHEMAS[name]!.safeParse(document).error?.issues).toBeUndefined();
  return document;
}

async function prompts(name: string, lines: readonly object[]): Promise<string> {
  await writeFile(user.path(name), lines.map((line) => JSON.stringify(line)).join('\n'));
  return user.path(name);
}

const GRADER = `"${process.execPath}" -e "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>console.log(t.length))"`;

describe('plimsoll compare with tasks', () => {
  it('runs the user’s own prompts on every level, with checks and a score', async () => {
    const place = await prompts('mine.jsonl', [
      { id: 'writes', prompt: 'Once upon a time', pattern: '[a-z]' },
      { id: 'counts', prompt: '2 + 2 =', expected: '4' },
      { id: 'free', prompt: 'The fox said' },
    ]);
    const report = user.path('tasks.html');
    const brief = user.path('brief-f16.gguf');
    await writeOneSentenceModel(sampleModelPath(), brief);
    const args = ['compare', brief, '--levels', 'F16,Q8_0', '--make', '--iterations', '0', '--no-quality'];
    const { levels } = await documentOf<CompareDocument>('compare', [
      ...args,
      ...['--prompts', place, '--grader', GRADER, '--report', report],
    ]);
    for (const { tasks } of levels) {
      // A model of fairy tales writes letters and cannot add; no check knows what to say of the third.
      expect(tasks).toMatchObject({ total: 3, passed: 1, failed: 1, errors: 0 });
      expect(tasks?.meanScore?.value).toBeGreaterThan(1);
    }
    expect(levels[1]?.tasks?.againstReference).toMatchObject({ lost: [], gained: [], pValue: 1 });
    expect(await readFile(report, 'utf8')).toContain('<h2>Tasks</h2>');
    const { stdout, code } = await user.plimsoll([...args, '--prompts', place, '--grader', 'exit 3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ERRORS\n.*F16 .* 3$/m);
  });

  it('measures quality on the reference’s answers where prompts have none', async () => {
    const place = await prompts('open.jsonl', [{ prompt: 'Once upon a time' }, { prompt: 'The old king' }]);
    const { text, levels } = await documentOf<CompareDocument>('compare', [
      ...['compare', model, '--levels', 'F16,Q8_0', '--make', '--iterations', '0'],
      ...['--prompts', place, '--window', '16'],
    ]);
    expect(text?.window).toBe(16);
    expect(levels[1]).toMatchObject({ tasks: null, quality: { meanKld: expect.any(Number) as number } });
  });

  it('refuses what does not go together before any work', async () => {
    const open = await prompts('also-open.jsonl', [{ prompt: 'Once' }]);
    for (const flags of [
      ['--grader', 'wc -c'],
      ['--prompts', open, '--no-quality'],
      ['--prompts', open, '--text', open],
      ['--prompts', user.path('nothing-here')],
    ]) {
      const { code, stderr } = await user.plimsoll(['compare', model, ...flags]);
      expect({ flags, code }).toEqual({ flags, code: 2 });
      expect(stderr).toMatch(/^Error: /);
    }
  });
});

describe('plimsoll stats learns', () => {
  it('proposes settings from what was measured, and writes them when told to', async () => {
    const text = user.path('tale.txt');
    await writeFile(text, (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 12_000));
    await documentOf('compare', [
      ...['compare', model, '--levels', 'F16,Q8_0,Q6_K', '--make', '--iterations', '1', '--max-tokens', '8'],
      ...['--text', text, '--window', '64'],
    ]);
    const { proposals, applied } = await documentOf<StatsDocument>('stats', ['stats', model, '--propose']);
    expect(applied).toBe(false);
    expect(proposals).toMatchObject([{ model, override: { level: expect.stringMatching(/^Q[468]/) as string } }]);
    const agreed = await documentOf<StatsDocument>('stats', ['stats', model, '--apply']);
    expect(agreed).toMatchObject({ proposals, applied: true });
    const { stdout } = await user.plimsoll(['config', 'get', 'ai.model_overrides']);
    expect(stdout).toContain(proposals![0]!.override.level);
    expect(await documentOf('stats', ['stats', model, '--propose'])).toMatchObject({ proposals: [], applied: false });
    expect((await user.plimsoll(['doctor'])).stdout).toContain('trend');
  });

  it.each(['jsonl', 'csv'])('pools measurements as %s, and names what cannot be read', async (format) => {
    const file = user.path(`runs.${format}`);
    const { records } = await documentOf<{ records: number }>('stats-export', ['stats', '--export', file]);
    expect(records).toBeGreaterThan(5);
    const store = { PLIMSOLL_STORE_FILE: user.path(`pooled-${format}.db`) };
    await writeFile(file, `${await readFile(file, 'utf8')}not a measurement\n`);
    const { code, stdout } = await user.plimsoll(['stats', '--import', file, '--json'], { env: store });
    expect(code).toBe(1);
    const document = JSON.parse(stdout) as { accepted: number; refusedLines: { line: number }[] };
    expect(ALL_SCHEMAS['stats-import']!.safeParse(document).success).toBe(true);
    const last = records + (format === 'csv' ? 2 : 1);
    expect(document).toMatchObject({ accepted: records, refused: 1, refusedLines: [{ line: last }] });
    const again = user.path(`again.${format}`);
    expect((await user.plimsoll(['stats', '--export', again], { env: store })).stdout).toMatch(
      `${records} measurements`,
    );
    expect(await readFile(again, 'utf8')).not.toMatch(/"foreign":false|,false$/m);
  });
});
