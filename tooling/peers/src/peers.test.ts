import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OLLAMA_VERSIONS, locateOllama, locatePeer, peersDirectory, startOllama } from '@plimsoll-tooling/peers';

const program = process.platform === 'win32' ? 'llama-bench.exe' : 'llama-bench';

describe('the llama.cpp programs', () => {
  let cache = '';

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'plimsoll-peers-'));
    vi.stubEnv('PLIMSOLL_PEERS_DIR', '');
    for (const name of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) vi.stubEnv(name, cache);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  });

  test('lie in a cache folder whose name tells release, platform and architecture', () => {
    const directory = peersDirectory();
    expect(directory.startsWith(cache)).toBe(true);
    expect(directory).toMatch(new RegExp(`v\\d+\\.\\d+\\.\\d+-${process.platform}-${process.arch}-[0-9a-f]{12}$`));
  });

  test('are not found before they are built', () => {
    expect(locatePeer('llama-bench')).toBeNull();
  });

  test('are not found in a folder without the stamp that is written last', () => {
    const directory = peersDirectory();
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, program), '');
    expect(locatePeer('llama-bench')).toBeNull();

    writeFileSync(join(directory, 'peers.json'), '{}');
    expect(locatePeer('llama-bench')).toBe(join(directory, program));
    expect(locatePeer('llama-server')).toBeNull();
  });

  test('are taken from a folder of your own, stamp or not', () => {
    writeFileSync(join(cache, program), '');
    vi.stubEnv('PLIMSOLL_PEERS_DIR', cache);
    expect(locatePeer('llama-bench')).toBe(join(cache, program));
  });
});

describe('the Ollama servers', () => {
  test('are found below the llama.cpp programs once they are built', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-peers-'));
    vi.stubEnv('PLIMSOLL_PEERS_DIR', folder);
    const [version = ''] = OLLAMA_VERSIONS;
    expect(locateOllama(version)).toBeNull();
    await expect(startOllama(version)).rejects.toThrow('npm run peers');

    const bin = join(folder, 'ollama', version, 'bin');
    mkdirSync(bin, { recursive: true });
    const server = join(bin, process.platform === 'win32' ? 'ollama.exe' : 'ollama');
    writeFileSync(server, '#!/bin/sh\necho no such server >&2\nexit 3\n', { mode: 0o755 });
    expect(locateOllama(version)).toBe(server);
    if (process.platform !== 'win32')
      await expect(startOllama(version)).rejects.toThrow(/ended with 3\n.*no such server/);
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
});
