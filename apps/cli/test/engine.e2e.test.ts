import { engineSchema } from '@plimsoll/contract/schemas';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestUser } from './plimsoll.js';

let user: TestUser;
beforeAll(async () => {
  user = await TestUser.create({ npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' });
});
afterAll(() => user.remove());

it('lists the builds, one of them in use', async () => {
  const { code, stdout } = await user.plimsoll(['engine', 'list', '--json']);
  const document = engineSchema.parse(JSON.parse(stdout));
  expect(code).toBe(0);
  expect(document.builds.filter(({ inUse }) => inUse)).toHaveLength(1);
  expect(document.folder).toContain(user.folder);
});

it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'says with exit code 4 that the registry of npm does not answer, and leaves nothing',
  async () => {
    const { code, stdout, stderr } = await user.plimsoll(['engine', 'add', 'cuda-13']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/The registry does not answer: .*127\.0\.0\.1:9/);
    expect(stderr).toContain('npm config get registry');
    const engines = user.path('data', 'plimsoll', 'engines');
    expect(existsSync(engines) ? (await readdir(engines, { recursive: true })).length : 0).toBeLessThanOrEqual(1);
  },
);

it('refuses what is no build, and to remove what was not added', async () => {
  expect(await user.plimsoll(['engine', 'add', 'abacus'])).toMatchObject({ code: 2, stdout: '' });
  const { code, stderr } = await user.plimsoll(['engine', 'remove', 'cpu']);
  expect(code).toBe(2);
  expect(stderr).toContain('No build cpu was added.');
});
