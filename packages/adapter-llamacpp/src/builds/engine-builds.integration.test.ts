import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { access, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SOFTWARE_VULKAN, hasSoftwareVulkan, temporaryFolder } from '../../test/support/settings.js';
import { engineDevices } from '../engine/engine-devices.js';
import { PACKAGE_VERSION } from '../native/build.js';
import { findEngineFiles } from '../native/engine-files.js';
import { EngineBuilds } from './engine-builds.js';
import { installBuild } from './install-build.js';
import { pinnedBuilds, type PinnedBuild } from './pinned-builds.js';

const run = promisify(execFile);
const folder = await temporaryFolder();
const archives = new Map<string, Buffer>();
let registry: Server;
let address: string;
/** Holds back the archives, as a slow registry does. */
let stalled = false;

/** A registry with the packages of `archives`, as npm asks it. */
beforeAll(async () => {
  registry = createServer((request, response) => {
    const [name = '', file] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const archive = archives.get(name);
    if (archive === undefined) {
      response.writeHead(404).end('{}');
    } else if (file !== undefined) {
      response.writeHead(200, { 'content-length': archive.length });
      if (stalled) response.write(archive.subarray(0, 1000));
      else response.end(archive);
    } else {
      const dist = { tarball: `${address}/${name}/-/archive.tgz`, integrity: integrityOf(archive) };
      const versions = { [PACKAGE_VERSION]: { name, version: PACKAGE_VERSION, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name, versions, 'dist-tags': { latest: PACKAGE_VERSION } }));
    }
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  vi.stubEnv('npm_config_registry', address);
});
afterAll(() => registry.close());
afterEach(() => {
  stalled = false;
});

const integrityOf = (archive: Buffer): string => `sha512-${createHash('sha512').update(archive).digest('base64')}`;

/** Publishes files as a package. */
async function publish(name: string, files: Readonly<Record<string, string>>): Promise<PinnedBuild['packages'][0]> {
  const place = path.join(folder, 'package');
  await rm(place, { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  await writeFile(path.join(place, 'package.json'), JSON.stringify({ name, version: PACKAGE_VERSION }));
  return pack(name, place);
}

/** Publishes a folder as a package. */
async function pack(name: string, place: string): Promise<PinnedBuild['packages'][0]> {
  const file = path.join(folder, 'archive.tgz');
  // Not compressed: npm takes it, and it is made sooner.
  await run('tar', ['-cf', file, '-C', path.dirname(place), '--transform', 's,^[^/]*,package,', path.basename(place)]);
  const archive = await readFile(file);
  archives.set(name, archive);
  return { name, integrity: integrityOf(archive), packedBytes: archive.length, unpackedBytes: archive.length };
}

/** A build of small files. */
async function smallBuild(name: string): Promise<PinnedBuild> {
  const main = await publish('@plimsoll-test/build', {
    'bins/build/libggml-x.so': 'new runtime',
    'bins/build/libllama.so': 'llama',
  });
  const over = await publish('@plimsoll-test/build-ext', { 'bins/build/fallback/libggml-x.so': 'old runtime' });
  return { name, flavor: 'cuda', needs: [], packages: [main, over] };
}

describe.skipIf(process.platform === 'win32')('adding a build', () => {
  test('puts it in its place whole, with the files of its extension over its own', async () => {
    const builds = path.join(folder, 'whole');
    const seen: (number | null)[] = [];
    await installBuild(await smallBuild('small'), builds, { onProgress: ({ completed }) => seen.push(completed) });
    expect(await readdir(builds)).toEqual(['small']);
    expect(await readFile(path.join(builds, 'small', 'libggml-x.so'), 'utf8')).toBe('old runtime');
    expect(await readFile(path.join(builds, 'small', 'libllama.so'), 'utf8')).toBe('llama');
  });

  test('takes nothing but what is pinned', async () => {
    const builds = path.join(folder, 'pinned');
    const build = await smallBuild('changed');
    await publish('@plimsoll-test/build', { 'bins/build/libllama.so': 'something else' });
    await expect(installBuild(build, builds)).rejects.toMatchObject({ code: 'engine-mismatch' });
    expect(await readdir(builds)).toEqual([]);
  });

  test.each([
    ['a registry that is away', 'http://127.0.0.1:9', 'backend-unreachable'],
    ['a registry without it', null, 'backend-failed'],
  ])('%s is said, and leaves nothing', async (what, elsewhere, code) => {
    const builds = path.join(folder, what);
    const build = await smallBuild('away');
    archives.delete('@plimsoll-test/build-ext');
    if (elsewhere !== null) vi.stubEnv('npm_config_registry', elsewhere);
    await expect(installBuild(build, builds)).rejects.toMatchObject({
      code,
      hint: expect.stringContaining('npm config get registry') as string,
    });
    expect(await readdir(builds)).toEqual([]);
    vi.stubEnv('npm_config_registry', address);
  });

  test('leaves nothing when it is cancelled', async () => {
    const builds = path.join(folder, 'cancelled');
    const build = await smallBuild('cancelled');
    stalled = true;
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    await expect(installBuild(build, builds, { signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readdir(builds)).toEqual([]);
  });

  test('is refused where there is no room', async () => {
    const [first] = (await smallBuild('huge')).packages;
    const huge: PinnedBuild = {
      ...{ name: 'huge', flavor: 'cuda', needs: [] },
      packages: [{ ...first, unpackedBytes: Number.MAX_SAFE_INTEGER }],
    };
    await expect(installBuild(huge, path.join(folder, 'huge'))).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining('are free in') as string,
    });
  });

  test.skipIf(!hasSoftwareVulkan())('gives an engine that runs, before the one of the package', async () => {
    const buildsFolder = path.join(folder, 'vulkan');
    const [vulkan] = pinnedBuilds().filter(({ flavor }) => flavor === 'vulkan');
    const packaged = findEngineFiles({ flavor: 'vulkan', buildsFolder }).folder;
    if (vulkan === undefined) return;
    const [real] = vulkan.packages;
    const archive = await pack(real.name, path.dirname(path.dirname(packaged)));
    const builds = new EngineBuilds({ ...SOFTWARE_VULKAN, buildsFolder });
    await installBuild({ ...vulkan, packages: [archive] }, builds.folder);

    expect(findEngineFiles({ flavor: 'vulkan', buildsFolder }).folder).toBe(path.join(builds.folder, 'vulkan'));
    expect(await engineDevices({ ...SOFTWARE_VULKAN, buildsFolder })).toMatchObject([
      { name: expect.stringContaining('llvmpipe') as string },
    ]);
    expect(await builds.list()).toContainEqual(
      expect.objectContaining({ name: 'vulkan', origin: 'added', missing: [], inUse: true }),
    );
    expect(await builds.remove('vulkan')).toEqual(['vulkan']);
    await expect(access(path.join(builds.folder, 'vulkan'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(findEngineFiles({ flavor: 'vulkan', buildsFolder }).folder).toBe(packaged);
  });
});

test.each(['nothing', 'metal'])('there is no build %s to add', async (name) => {
  const builds = new EngineBuilds({ buildsFolder: folder });
  await expect(builds.add(name)).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(builds.remove(name)).rejects.toMatchObject({ code: 'invalid-input' });
});
