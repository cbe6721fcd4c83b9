import type { Comparison } from '@plimsoll/application';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeReport } from '../examples/write-a-report.js';

const empty: Comparison = {
  id: 'a-1',
  model: 'tale:1b',
  reference: { level: 'F16', kvCache: 'f16' },
  environment: { backend: 'embedded', engineBuild: null, device: null, driver: null, platform: 'linux-x64' },
  text: null,
  levels: [],
};

test('the example writes a page', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-report-'));
  try {
    const file = path.join(folder, 'report.html');
    await writeReport(empty, file);
    expect(await readFile(file, 'utf8')).toContain('tale:1b: levels side by side');
  } finally {
    await rm(folder, { recursive: true });
  }
});
