import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import type { CompareDocument } from '@plimsoll/contract';
import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { sampleModelPath } from '@plimsoll/sample-model';
import { writeOneSentenceModel } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOllamaServer, type OllamaServer } from './ollama-server.js';
import { TestUser, type Run } from './plimsoll.js';

let user: TestUser;
let model: string;

beforeAll(async () => {
  user = await TestUser.create();
  model = user.path('fable-f16.gguf');
  await copyFile(sampleModelPath(), model);
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
    // An interval close around 1 says enough; any other of two runs asks for more.
    const { low, high } = level!.decodeSpeedup!.interval;
    const isClose = low >= 0.9 && high <= 1.1;
    expect(document.verdict.sentences.join(' ')).toContain(isClose ? 'about as fast' : '--iterations 6 can');
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

describe('plimsoll compare finds before any work', () => {
  const refused = async (args: readonly string[], code: number, message: RegExp): Promise<void> => {
    const before = await readdir(user.folder);
    const run = await user.plimsoll(['compare', ...args]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(await readdir(user.folder)).toEqual(before);
  };

  it('a level that cannot be made, though others could', async () => {
    await refused([model, '--levels', 'F16,Q5_1,IQ1_S', '--make'], 1, /no IQ1_S variant.*importance matrix/);
  });

  it('levels and a reference that are missing, and names the commands', async () => {
    await refused([model, '--levels', 'F16,Q5_1,Q5_0'], 1, /no Q5_1 and no Q5_0[^]*--make[^]*--to Q5_1; .*--to Q5_0/);
    await refused([model, '--levels', 'F16', '--reference', 'F32'], 1, /no F32 variant[^]*--to F32/);
  });

  it('a text that is shorter than two windows', async () => {
    const short = user.path('short.txt');
    await writeFile(short, 'Once upon a time.');
    await refused([model, '--levels', 'F16,Q5_1', '--make', '--text', short], 2, /two windows of 256[^]*--window N/);
  });

  it('nothing to measure', async () => {
    await refused(
      [model, '--levels', 'F16,Q5_1', '--make', '--no-quality', '--iterations', '0'],
      2,
      /nothing to measure/,
    );
  });

  it('a variant whose vocabulary differs', async () => {
    const other = user.path('other-f16.gguf');
    await copyFile(model, other);
    expect((await user.plimsoll(['quantize', other, '--to', 'Q8_0'])).code).toBe(0);
    const file = user.path('other-Q8_0.gguf');
    const bytes = await readFile(file);
    // One token of the vocabulary, spelt otherwise.
    bytes.write('kinG', bytes.indexOf('king'));
    await writeFile(file, bytes);
    await refused([other, '--levels', 'F16,Q8_0,Q5_1', '--make'], 1, /another vocabulary[^]*--no-quality/);
  });
});

describe('plimsoll compare on a backend without log-probabilities', () => {
  let server: OllamaServer;

  beforeAll(async () => {
    server = await startOllamaServer({ 'tale:1b-fp16': 'F16', 'tale:1b-q8_0': 'Q8_0' });
  });
  afterAll(() => server.close());

  const compare = (...more: readonly string[]): Promise<Run> =>
    user.plimsoll(['compare', 'tale:1b', '--levels', 'F16,Q8_0', '--backend', 'ollama', ...more], {
      env: { OLLAMA_HOST: server.host },
    });

  it('says what it leaves out, on stderr and in the document', async () => {
    const prompts = user.path('prompts.jsonl');
    await writeFile(prompts, '{"prompt": "A secret of mine"}\n{"prompt": "Say aye.", "expected": "aye"}\n');
    const { code, stdout, stderr } = await compare('--prompts', prompts, '--iterations', '2', '--json');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stderr).toMatch(/Warning: quality is not measured\. .*log-probabilities/);
    expect(stderr).toMatch(/Warning: prompts are left out\. 1 prompt has no known answer/);
    const document = JSON.parse(stdout) as CompareDocument;
    expect(ALL_SCHEMAS['compare']!.safeParse(document).error?.issues).toBeUndefined();
    expect(document.notMeasured.map(({ what }) => what)).toEqual(['quality', 'prompts']);
    expect(document.levels.map(({ tasks }) => tasks?.passed)).toEqual([1, 1]);
    expect(stdout + stderr).not.toContain('secret');
  });

  it('refuses when nothing else was asked for, and caches that it cannot choose', async () => {
    const before = server.generated.length;
    expect(await compare('--iterations', '0')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/log-prob/) as string,
    });
    expect(await compare('--kv', 'f16,q8_0')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/q8_0/) as string,
    });
    expect(server.generated).toHaveLength(before);
  });
});

describe('plimsoll compare with tasks that fail', () => {
  it('tries those again, repeats no other, and shows the answers in the report', async () => {
    const prompts = user.path('tasks.jsonl');
    await writeFile(
      prompts,
      ['one', 'two']
        .map((id) => JSON.stringify({ id, prompt: `Once <b>upon</b> a time, ${id}`, pattern: '.' }))
        .join('\n'),
    );
    const marker = user.path('healed');
    const log = user.path('graded.log');
    // Fails at task two until the marker is there; every answer gets a score of its own, so that levels differ.
    const script = user.path('grade.mjs');
    await writeFile(
      script,
      `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const { id } = JSON.parse(process.env.PLIMSOLL_TASK);
appendFileSync(${JSON.stringify(log)}, id + '\\n');
if (id === 'two' && !existsSync(${JSON.stringify(marker)})) process.exit(3);
console.log(readFileSync(${JSON.stringify(log)}, 'utf8').length);`,
    );
    const report = user.path('answers.html');
    const brief = user.path('brief-f16.gguf');
    await writeOneSentenceModel(sampleModelPath(), brief);
    const args = [
      ...['compare', brief, '--levels', 'F16,Q4_0', '--make', '--no-quality', '--iterations', '0', '--json'],
      ...['--prompts', prompts, '--grader', `"${process.execPath}" "${script}"`, '--report', report],
    ];
    const first = JSON.parse((await user.plimsoll(args)).stdout) as CompareDocument;
    expect(first.levels.map(({ tasks }) => tasks?.failures)).toEqual([
      [{ id: 'two', errorCode: 'backend-failed', message: 'The grader ended with exit code 3.' }],
      [{ id: 'two', errorCode: 'backend-failed', message: 'The grader ended with exit code 3.' }],
    ]);
    await writeFile(marker, '');
    await writeFile(log, '');
    const second = JSON.parse((await user.plimsoll(args)).stdout) as CompareDocument;
    expect(second.id).toBe(first.id);
    expect(second.levels.map(({ tasks }) => [tasks?.total, tasks?.errors])).toEqual([
      [2, 0],
      [2, 0],
    ]);
    expect(await readFile(log, 'utf8')).toBe('two\ntwo\n');
    const html = await readFile(report, 'utf8');
    expect(html).toContain('Where the levels differ');
    expect(html).toContain('Once &#60;b&#62;upon&#60;/b&#62; a time, one');
    expect(html).not.toContain('<b>upon');
  });
});
