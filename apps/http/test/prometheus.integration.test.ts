import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@plimsoll/testing/servers';
import { expect, test } from 'vitest';
import { startServer } from '../src/index.js';
import { fakeServices } from './fake-services.js';

const isInstalled = spawnSync('prometheus', ['--version']).status === 0;

/** Debian's own Prometheus, when it is there. */
test.skipIf(!isInstalled)('a real Prometheus scrapes the numbers', { timeout: 90_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-prometheus-'));
  const server = await startServer({ services: fakeServices(), host: '127.0.0.1', port: 0 });
  const port = await freePort();
  const config = path.join(folder, 'prometheus.yml');
  const target = new URL(server.url).host;
  await writeFile(
    config,
    `scrape_configs: [{job_name: plimsoll, scrape_interval: 1s, static_configs: [{targets: ['${target}']}]}]\n`,
  );
  const prometheus = spawn(
    'prometheus',
    [...[`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`], `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  );
  const value = async (query: string): Promise<string | undefined> => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const answer = (await fetch(url).then(
      (response) => response.json(),
      () => null,
    )) as { data?: { result: { value: [number, string] }[] } } | null;
    return answer?.data?.result[0]?.value[1];
  };
  try {
    const body = JSON.stringify({ model: 'tale:1b', messages: [{ role: 'user', content: 'Hi' }] });
    await (await fetch(`${server.url}/api/chat`, { method: 'POST', body })).text();
    const patience = { timeout: 60_000, interval: 500 };
    await expect.poll(() => value('up{job="plimsoll"}'), patience).toBe('1');
    await expect.poll(() => value('sum(plimsoll_requests_total{api="ollama"})'), patience).toBe('1');
    await expect.poll(() => value('count(plimsoll_gpu_memory_bytes)'), patience).toBeDefined();
  } finally {
    prometheus.kill();
    await once(prometheus, 'close');
    await server.close(0);
    await rm(folder, { recursive: true, force: true });
  }
});
