import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { managerOf } from './service.units.js';

const program = {
  node: '/opt/my node/bin/node',
  script: '/opt/a%b/$x/plimsoll.js',
  flags: ['--log', 'info'],
  home: '/h',
};
const folders = { home: '/h', config: '/h/.config' };
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the service files', () => {
  it('quote what systemd would expand', () => {
    const [unit] = managerOf('linux')?.files(program, folders) ?? [];
    expect(unit?.path).toBe('/h/.config/systemd/user/plimsoll.service');
    expect(unit?.text).toContain(
      'ExecStart="/opt/my node/bin/node" "/opt/a%%b/$$x/plimsoll.js" "serve" "--log" "info"',
    );
  });

  it.skipIf(!hasSystemd)('pass the check of systemd itself', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-unit-'));
    try {
      const real = { ...program, node: process.execPath, script: '/dev/null' };
      const [unit] = managerOf('linux')?.files(real, folders) ?? [];
      const file = path.join(folder, 'plimsoll.service');
      writeFileSync(file, unit?.text ?? '');
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', file], {
        encoding: 'utf8',
        // A login would have made one.
        env: { ...process.env, XDG_RUNTIME_DIR: folder },
      });
      expect({ status, about: stderr.split('\n').filter((line) => line.includes('plimsoll.service')) }).toEqual({
        status: 0,
        about: [],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are a property list for launchd', () => {
    const odd = { ...program, script: '/a & b <c>/plimsoll.js' };
    const [list] = managerOf('darwin')?.files(odd, folders) ?? [];
    expect(list?.path).toBe('/h/Library/LaunchAgents/dev.plimsoll.serve.plist');
    expect(list?.text).toContain('<string>/a &amp; b &lt;c&gt;/plimsoll.js</string>');
  });

  it('are not made for other systems', () => {
    expect(managerOf('win32')).toBeNull();
  });
});
