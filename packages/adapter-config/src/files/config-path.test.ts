import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../test/scratch-folder.js';
import { findConfigPath } from './config-path.js';

function surroundings(environment: Record<string, string> = {}, platform = 'linux') {
  const workingFolder = scratchFolder();
  return { path: null, environment, homeFolder: '/home/ada', workingFolder, platform };
}

describe('findConfigPath', () => {
  it('takes the named file, then PLIMSOLL_CONFIG', async () => {
    const around = surroundings({ PLIMSOLL_CONFIG: 'other.json' });
    expect(await findConfigPath({ ...around, path: '/x/named.json' })).toBe('/x/named.json');
    expect(await findConfigPath(around)).toBe(join(around.workingFolder, 'other.json'));
  });

  it('takes config.json of the working directory only when it is ours', async () => {
    const around = surroundings();
    const local = join(around.workingFolder, 'config.json');
    writeFileSync(local, '{"compilerOptions": {}}');
    expect(await findConfigPath(around)).toBe('/home/ada/.config/plimsoll/config.json');
    writeFileSync(local, '{"ai": {}}');
    expect(await findConfigPath(around)).toBe(local);
    writeFileSync(local, '{"ai": {');
    expect(await findConfigPath(around)).toBe(local);
  });

  it('does not stumble over a folder of that name', async () => {
    const around = surroundings();
    mkdirSync(join(around.workingFolder, 'config.json'));
    expect(await findConfigPath(around)).toBe('/home/ada/.config/plimsoll/config.json');
  });

  it('follows the XDG folders, and Windows where it is Windows', async () => {
    expect(await findConfigPath(surroundings({ XDG_CONFIG_HOME: '/xdg' }))).toBe('/xdg/plimsoll/config.json');
    expect(await findConfigPath(surroundings({ APPDATA: '/roaming' }, 'win32'))).toBe('/roaming/plimsoll/config.json');
  });
});
