import { readFile, readdir } from 'node:fs/promises';
import { sampleModelPath } from '@plimsoll/sample-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestUser } from './plimsoll.js';

let user: TestUser;

beforeAll(async () => {
  user = await TestUser.create();
});
afterAll(() => user.remove());

describe('plimsoll plan --html', () => {
  it('writes the plan as a page that needs no other file, beside the usual result', async () => {
    const args = ['plan', sampleModelPath(), '--vram', '32MB', '--html', user.path('plan.html'), '--json'];
    const { code, stdout, stderr } = await user.plimsoll(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Page: ${user.path('plan.html')}\n` });
    const { recommended } = JSON.parse(stdout) as { recommended: { level: string } };
    const html = await readFile(user.path('plan.html'), 'utf8');
    expect(/<h2 id="headline"[^>]*>(.*?)<\/h2>/.exec(html)?.[1]).toContain(`Take ${recommended.level} with`);
    expect(html.includes("default-src 'none'")).toBe(true);
    expect(html.includes(sampleModelPath())).toBe(false);
    expect(await readdir(user.folder)).toContain('plan.html');
    expect((await readdir(user.folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('refuses a file that cannot be written before it begins', async () => {
    const { code, stdout, stderr } = await user.plimsoll([
      'plan',
      sampleModelPath(),
      '--html',
      user.path('no', 'p.html'),
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('there is no folder');
    expect(stderr).toContain('mkdir -p');
  });
});
