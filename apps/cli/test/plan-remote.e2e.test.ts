import { readFile } from 'node:fs/promises';
import type { PlanDocument } from '@plimsoll/contract';
import { planSchema } from '@plimsoll/contract/schemas';
import { SAMPLE_MODEL, sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer, type OfferedFile } from './model-server.js';
import { TestUser } from './plimsoll.js';

const HOST = '127.0.0.1';
const TOKEN = 'hf_secret4711';
const ALLOWED = ['--allow-http', '--allow-private', HOST, '--vram', '0'];
/** What may be fetched beyond a header. */
const MARGIN_BYTES = 2 ** 20;

let user: TestUser;
let open: ModelServer;
let gated: ModelServer;

beforeAll(async () => {
  user = await TestUser.create();
  const f16 = user.path('fable-f16.gguf');
  const files: OfferedFile[] = [{ name: 'fable-F16.gguf', data: await readFile(sampleModelPath()) }];
  const made = await user.plimsoll([
    'quantize',
    sampleModelPath(),
    '--to',
    'Q8_0',
    '--out',
    f16.replace('f16', 'Q8_0'),
  ]);
  expect(made).toMatchObject({ code: 0 });
  files.push({ name: 'fable-Q8_0.gguf', data: await readFile(user.path('fable-Q8_0.gguf')) });
  [open, gated] = await Promise.all([startModelServer(files), startModelServer(files, TOKEN)]);
});
afterAll(async () => {
  await Promise.all([open.close(), gated.close()]);
  await user.remove();
});

describe('plimsoll plan of a URL', () => {
  it('reads over https alone, and tells the flag that allows more', async () => {
    const { code, stdout, stderr } = await user.plimsoll(['plan', open.fileUrl('fable-F16.gguf')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/https only[^]*--allow-http/);
  });

  it.each([[[]], [['--allow-private', 'localhost']]])(
    'asks no private address unless it is named: %j',
    async (flags) => {
      const asked = open.seen.length;
      const { code, stderr } = await user.plimsoll(['plan', open.fileUrl('fable-F16.gguf'), '--allow-http', ...flags]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/private network[^]*--allow-private/);
      expect(open.seen).toHaveLength(asked);
    },
  );

  it('plans from the header, and says that only what is there can be downloaded', async () => {
    const url = open.fileUrl('fable-F16.gguf');
    const before = open.sentBytes;
    const { code, stdout } = await user.plimsoll(['plan', url, ...ALLOWED, '--json']);
    expect(code).toBe(0);
    expect(open.sentBytes - before).toBeLessThan(MARGIN_BYTES);
    const plan = planSchema.parse(JSON.parse(stdout));
    expect(plan.model.architecture).toBe('llama');
    expect(plan.candidates.find(({ level }) => level === 'F16')?.variant).toEqual({
      name: url,
      status: 'remote',
      sizeBytes: SAMPLE_MODEL.fileBytes,
    });
    expect(plan.candidates.find(({ level }) => level === 'Q4_0')?.variant.status).toBe('missing');
    expect((await user.plimsoll(['plan', url, ...ALLOWED])).stdout).toContain('Next: download the file of that level');
  });
});

describe('plimsoll plan of a repository', () => {
  const planned = async (server: ModelServer, env: Record<string, string>): Promise<PlanDocument> => {
    const args = ['plan', 'hf.co/someone/fable', ...ALLOWED, '--json'];
    const { code, stdout, stderr } = await user.plimsoll(args, { env: { HF_ENDPOINT: server.url, ...env } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return planSchema.parse(JSON.parse(stdout));
  };

  it('looks where HF_ENDPOINT says, and plans the levels that are offered', async () => {
    const { candidates } = await planned(open, {});
    expect(candidates.map(({ level, variant }) => [level, variant.status])).toEqual([
      // Each with two types of cache.
      ['F16', 'remote'],
      ['F16', 'remote'],
      ['Q8_0', 'remote'],
      ['Q8_0', 'remote'],
    ]);
    expect(open.seen.every(({ token }) => token === null)).toBe(true);
  });

  it('shows HF_TOKEN to the hub, and to nobody in its output', async () => {
    const plan = await planned(gated, { HF_TOKEN: TOKEN });
    expect(plan.candidates).toHaveLength(4);
    expect(gated.seen.every(({ token }) => token === TOKEN)).toBe(true);
    expect(JSON.stringify(plan)).not.toContain(TOKEN);
  });

  it('says that a gated repository needs HF_TOKEN', async () => {
    const args = ['plan', 'hf.co/someone/fable', ...ALLOWED];
    const { code, stdout, stderr } = await user.plimsoll(args, { env: { HF_ENDPOINT: gated.url } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('HF_TOKEN');
  });

  it('says what is wrong with HF_ENDPOINT', async () => {
    const env = { HF_ENDPOINT: 'my mirror' };
    const { code, stderr } = await user.plimsoll(['plan', 'hf.co/someone/fable'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error: HF_ENDPOINT is "my mirror"/);
  });
});

describe.each(['run', 'quantize'])('plimsoll %s of what is not here', (command) => {
  const rest = command === 'run' ? ['Hello'] : ['--to', 'Q4_0'];
  it.each([
    ['https://models.example/fable.gguf', /not on this machine[^]*Download the file/],
    ['hf.co/someone/fable', /not on this machine[^]*hf\.co\/someone\/fable --backend ollama/],
    ['ollama:llama3.2', /not on this machine[^]*llama3\.2 --backend ollama/],
  ])('%s', async (model, message) => {
    const { code, stdout, stderr } = await user.plimsoll([command, model, ...rest]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
