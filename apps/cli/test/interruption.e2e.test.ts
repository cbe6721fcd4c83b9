import { copyFile, readdir, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { SAMPLE_MODEL, sampleModelPath } from '@plimsoll/sample-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestUser, type Run } from './plimsoll.js';

let user: TestUser;
let model: string;

beforeEach(async () => {
  user = await TestUser.create();
  model = user.path('fable-f16.gguf');
  await copyFile(sampleModelPath(), model);
});
afterEach(() => user.remove());

async function interruptedAfter(delayMs: number, args: readonly string[]): Promise<Run> {
  const { child, ended } = user.start(args);
  await wait(delayMs);
  child.kill('SIGINT');
  return ended;
}

/** Whatever is there is whole: no partial file, and every variant is as large as an undisturbed one. */
async function expectNothingHalfDone(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => [] as string[]);
  expect(files.filter((file) => /partial|tmp/i.test(file))).toEqual([]);
  for (const file of files.filter((name) => name.endsWith('.gguf'))) {
    const { code } = await user.plimsoll(['inspect', `${folder}/${file}`]);
    expect({ file, code }).toEqual({ file, code: 0 });
  }
}

describe.skipIf(process.platform === 'win32')('Ctrl-C (Windows has no such signal to send)', () => {
  it.each([50, 300, 800, 1500, 3000])('after %d ms of a demo leaves nothing half done', async (delayMs) => {
    const { code, stderr } = await interruptedAfter(delayMs, ['demo']);
    // In the first moments there is no program yet that could catch the signal.
    expect([130, null]).toContain(code);
    if (code === 130) expect(stderr).toMatch(/^Stopped: /m);
    expect(stderr).not.toMatch(/^\s+at /m);
    await expectNothingHalfDone(user.path('cache', 'plimsoll', 'demo'));
  });

  it('during a comparison keeps what is done, and the same command goes on', async () => {
    const args = ['compare', model, '--levels', 'F16,Q8_0', '--make', '--no-quality', '--iterations', '3', '--json'];
    const first = await interruptedAfter(2500, args);
    expect([130, 0]).toContain(first.code);
    const second = await user.plimsoll(args);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ levels: [{ runs: { total: 3 } }, { runs: { total: 3 } }] });
    await expectNothingHalfDone(user.folder);
    expect((await stat(model)).size).toBe(SAMPLE_MODEL.fileBytes);
  });

  it('ends a watch', async () => {
    const watch = await interruptedAfter(1500, ['gpu', '--watch', '--interval', '0.2', '--json']);
    expect(watch).toMatchObject({ code: 130, stderr: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ] as const)('or a service manager ends a server: %s with exit code %d', async (signal, code) => {
    const { child, ended } = user.start(['serve', '--port', '0', '--json']);
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (text: string) => resolve((JSON.parse(text) as { url: string }).url));
      void ended.then(({ stderr }) => reject(new Error(stderr)));
    });
    expect((await fetch(`${url}/api/plimsoll/v1/settings`)).status).toBe(200);
    child.kill(signal);
    expect((await ended).code).toBe(code);
  });
});

describe('a reader that has seen enough', () => {
  it.skipIf(process.platform === 'win32')(
    'is no failure (closed pipes are told by signals that Windows lacks)',
    async () => {
      const { child, ended } = user.start(['inspect', model, '--tensors', '--metadata', '--json']);
      child.stdout?.destroy();
      const { code, stderr } = await ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );
});
