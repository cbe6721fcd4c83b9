import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { planSchema } from '@plimsoll/contract/schemas';
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

describe.skipIf(process.platform === 'win32')('a server that never answers (Windows has no Ctrl-C to send)', () => {
  let server: Server;
  let host: string;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([['doctor'], ['models'], ['run', 'tale', 'Once'], ['plan', 'tale'], ['inspect', 'tale']])(
    'does not keep plimsoll %s from Ctrl-C',
    async (...args) => {
      const asked = once(server, 'connection');
      const { child, ended } = user.start([...args, '--backend', 'ollama'], { env: { OLLAMA_HOST: host } });
      await asked;
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr).toMatch(/^Stopped: /);
    },
  );
});

it('quantize says that a server only runs what it was started with', async () => {
  const env = { PLIMSOLL_OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
  const { code, stderr } = await user.plimsoll(['quantize', model, '--to', 'Q4_0', '--backend', 'openai'], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/makes no variants[^]*--backend embedded/);
});

it('serve lets other machines in only with the token that its refusal asks for', async () => {
  const env = { PLIMSOLL_HTTP_HOST: '0.0.0.0' };
  const refused = await user.plimsoll(['serve', '--port', '0'], { env });
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('PLIMSOLL_HTTP_TOKEN');
  const { child, ended } = user.start(['serve', '--port', '0', '--json'], {
    env: { ...env, PLIMSOLL_HTTP_TOKEN: 'sesame' },
  });
  const [line] = (await once(child.stdout!, 'data')) as [string];
  const url = `${(JSON.parse(line) as { url: string }).url.replace('0.0.0.0', '127.0.0.1')}/api/plimsoll/v1/settings`;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer sesame' } })).status).toBe(200);
  child.kill();
  await ended;
});

const mountable = process.getuid?.() === 0 && canMount();

function canMount(): boolean {
  const folder = spawnSync('mktemp', ['-d'], { encoding: 'utf8' }).stdout.trim();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  return mounted;
}

describe.skipIf(!mountable)('disks (needs the right to mount a small one)', () => {
  /** Mounts a disk, prepares it, lets `use` have it with all of the user's folders on it, and takes it away. */
  async function onDisk(
    name: string,
    { size, readOnly = false, fill = false }: { size: string; readOnly?: boolean; fill?: boolean },
    use: (disk: string, env: Record<string, string>) => Promise<void>,
  ): Promise<void> {
    const disk = user.path(name);
    await mkdir(disk);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]).status).toBe(0);
    try {
      await copyFile(model, `${disk}/model.gguf`);
      if (fill) await writeFile(`${disk}/fill`, Buffer.alloc(2 ** 25)).catch(() => undefined);
      if (readOnly) spawnSync('mount', ['-o', 'remount,ro', disk]);
      const folder = `${disk}/home`;
      await use(disk, { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder });
    } finally {
      spawnSync('umount', [disk]);
    }
  }

  it('that are full keep no lock of a configuration that could not be saved', async () => {
    await onDisk('full-config', { size: '12m', fill: true }, async (disk, env) => {
      const { code, stderr } = await user.plimsoll(['config', 'set', 'ai.quantization_bits', '4'], { env });
      expect(code).toBe(1);
      expect(stderr).toMatch(/disk is full/);
      expect(await readdir(`${disk}/home/plimsoll`)).toEqual([]);
    });
  });

  it.each([
    ['full', { size: '12m', fill: true }],
    ['read-only', { size: '12m', readOnly: true }],
  ])('that are %s cost an exact plan what would be learned, not the plan', async (name, options) => {
    await onDisk(`${name}-store`, options, async (disk, env) => {
      const args = ['plan', `${disk}/model.gguf`, '--exact', '--level', 'F16', '--vram', '0', '--json'];
      for (const flags of [args, args.filter((flag) => flag !== '--exact')]) {
        const { code, stdout, stderr } = await user.plimsoll(flags, { env });
        expect(code).toBe(0);
        expect(planSchema.parse(JSON.parse(stdout)).candidates).toHaveLength(2);
        expect(stderr).toMatch(/^(Warning: Planned without what was measured here\. .*measurements\.db.*\n)?$/);
      }
    });
  });

  it('that have no room for a variant cost the variant, not the answer, and say how to make it elsewhere', async () => {
    await onDisk('small', { size: '12m' }, async (disk, env) => {
      const { code, stdout, stderr } = await user.plimsoll(['run', `${disk}/model.gguf`, 'Once'], { env });
      expect(code).toBe(0);
      expect(stdout).not.toBe('');
      expect(stderr).toMatch(/the disk has \d+ left[^]*plimsoll quantize .* --out PATH/);
      expect((await readdir(disk)).filter((name) => name !== 'home')).toEqual(['model.gguf']);
    });
  });

  it.each([[['demo']], [['config', 'set', 'ai.quantization_bits', '4']]])(
    'that are read-only are told by plimsoll %j as such',
    async (args) => {
      await onDisk(`ro-${args[0] ?? ''}`, { size: '12m', readOnly: true }, async (_disk, env) => {
        const { code, stdout, stderr } = await user.plimsoll(args, { env });
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(/read-only/);
        expect(stderr).not.toContain('ENOENT');
      });
    },
  );
});
