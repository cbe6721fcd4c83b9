import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GpuReading } from '@plimsoll/domain';
import { describeGpuProbeContract } from '@plimsoll/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NvidiaSmiProbe } from '../src/nvidia/nvidia-smi-probe.js';
import { SmiLoop } from '../src/nvidia/smi-loop.js';
import { startProgram } from '../src/process/line-stream.js';
import { SYSTEM_CLOCK } from '../src/system-clock.js';

const MIB = 1024 * 1024;
const fake = fileURLToPath(new URL('./fake-nvidia-smi.mjs', import.meta.url));

function fakeCommand(mode: string) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-smi-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const starts = join(folder, 'starts');
  const command = [process.execPath, fake, mode, starts];
  const started = (): readonly string[] => readFileSync(starts, 'utf8').trim().split('\n');
  return { command, started };
}

function probeOf(mode: string, timeoutMs = 10_000) {
  const { command, started } = fakeCommand(mode);
  const probe = new NvidiaSmiProbe({ command, timeoutMs });
  onTestFinished(async () => probe.close());
  return { probe, started };
}

async function nextThat(
  watch: AsyncIterable<readonly GpuReading[]>,
  accept: (readings: readonly GpuReading[]) => boolean,
): Promise<readonly GpuReading[]> {
  for await (const readings of watch) if (accept(readings)) return readings;
  throw new Error('The watch ended.');
}

describeGpuProbeContract('nvidia-smi', () => {
  const { command } = fakeCommand('good');
  return new NvidiaSmiProbe({ command, timeoutMs: 10_000 });
});

describe('one answer of nvidia-smi', () => {
  it('lists devices and readings, with the fields that the driver knows', async () => {
    const { probe, started } = probeOf('good');
    expect((await probe.devices()).map(({ id, name, totalBytes }) => [id, name, totalBytes])).toEqual([
      ['GPU-0', 'Fake 0', 8192 * MIB],
      ['GPU-1', 'Fake 1', 8192 * MIB],
    ]);
    const [first, second] = await probe.read();
    expect(first).toMatchObject({ usedBytes: 100 * MIB, freeBytes: 8092 * MIB, temperatureC: null });
    expect(first?.processes).toEqual([{ pid: 4711, name: 'ollama', usedBytes: 512 * MIB }]);
    expect(second?.processes).toEqual([]);
    expect(started().filter((kind) => kind === '--help-query-gpu')).toHaveLength(1);
  });

  it('drops a field that is refused and asks again', async () => {
    const { probe, started } = probeOf('lie');
    expect(await probe.devices()).toHaveLength(2);
    await probe.devices();
    expect(started().filter((kind) => kind === 'query')).toHaveLength(3);
  });

  it('finds the rows among garbage', async () => {
    expect((await probeOf('garbage').probe.read()).map(({ deviceId }) => deviceId)).toEqual(['GPU-0', 'GPU-1']);
  });

  it.each(['hang', 'broken'])('sees no devices when the program is %s, and ends', async (mode) => {
    const { probe } = probeOf(mode, 500);
    expect(await probe.devices()).toEqual([]);
    expect(await probe.read()).toEqual([]);
  });

  it('sees no devices without the program', async () => {
    const probe = new NvidiaSmiProbe({ command: ['/nowhere/nvidia-smi'] });
    expect(await probe.devices()).toEqual([]);
    const abort = new AbortController();
    expect(await nextThat(probe.watch(10, { signal: abort.signal }), () => true)).toEqual([]);
  });

  it('leaves the event loop free while the program hangs', async () => {
    const { probe } = probeOf('hang', 300);
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await probe.read();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});

describe('the long-lived nvidia-smi', () => {
  it('tells new figures from one process', async () => {
    const { probe, started } = probeOf('good');
    const readings = await nextThat(probe.watch(50), ([first]) => (first?.usedBytes ?? 0) > 1003 * MIB);
    expect(readings.map(({ deviceId }) => deviceId)).toEqual(['GPU-0', 'GPU-1']);
    expect(started().filter((kind) => kind === 'loop')).toHaveLength(1);
  });

  it('starts it again when it dies, and kills one that has fallen silent', async () => {
    const seen: string[] = [];
    for (const mode of ['dies', 'silent']) {
      const { command, started } = fakeCommand(mode);
      await new Promise<void>((resolve) => {
        // Time passes ten times as fast, so that patience ends soon.
        const clock = {
          ...SYSTEM_CLOCK,
          monotonicMs: () => performance.now() * 10,
          sleep: async (ms: number, options: object) => SYSTEM_CLOCK.sleep(ms / 10, options),
        };
        const loop: SmiLoop = new SmiLoop({
          command: [...command, '--query-gpu=index,uuid,memory.used', '--loop-ms=50'],
          intervalMs: 50,
          backOffMs: 10,
          start: startProgram,
          clock,
          onLine: (line) => {
            if (!line.startsWith('0, GPU-0, 200')) return;
            seen.push(mode);
            loop.stop();
            resolve();
          },
        });
      });
      expect(started().filter((kind) => kind === 'loop').length).toBeGreaterThanOrEqual(2);
    }
    expect([...new Set(seen)]).toEqual(['dies', 'silent']);
  });

  it('tells unknown, not the last figures, when nothing comes any more', async () => {
    let nowMs = 0;
    const probe = new NvidiaSmiProbe({
      command: ['smi'],
      clock: { ...SYSTEM_CLOCK, nowMs: () => (nowMs += 2000) },
      run: async ([, argument = '']) => ({
        stdout: argument === '--help-query-gpu' ? '"uuid"\n"memory.used"' : 'GPU-0, 100\n',
        stderr: '',
        code: 0,
      }),
      start: () => ({ stop: () => undefined }),
    });
    const readings = await nextThat(probe.watch(5), ([first]) => first?.usedBytes === null);
    expect(readings).toMatchObject([{ deviceId: 'GPU-0', usedBytes: null }]);
  });

  it('ends when aborted', async () => {
    const { probe } = probeOf('good');
    const abort = new AbortController();
    let rounds = 0;
    for await (const readings of probe.watch(10, { signal: abort.signal })) {
      expect(readings).toHaveLength(2);
      if (++rounds === 2) abort.abort();
    }
    expect(rounds).toBe(2);
  });
});
