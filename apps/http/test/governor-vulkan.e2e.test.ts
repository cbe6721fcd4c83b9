import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConfigStore } from '@plimsoll/adapter-config';
import { AmdSysfsProbe } from '@plimsoll/adapter-gpu';
import { LlamaCppRuntime } from '@plimsoll/adapter-llamacpp';
import { openPlimsoll } from '@plimsoll/composition';
import type { GovernorDocument, GovernorLogDocument } from '@plimsoll/contract';
import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { DEFAULT_GOVERNOR_POLICY } from '@plimsoll/domain';
import type { ModelRuntime } from '@plimsoll/domain';
import { sampleModelPath } from '@plimsoll/sample-model';
import { FixedHostProbe } from '@plimsoll/testing';
import type { ServiceIdentifier } from 'inversify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { httpServices, startServer } from '../src/index.js';
import type { StartedServer } from '../src/index.js';

const MIB = 1024 ** 2;
const DRIVERS = '/usr/share/vulkan/icd.d';
const hasSoftwareVulkan = existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith('lvp_icd'));

/**
 * A card as the driver's files show it. Its size is ours to choose; what is in use is what the engines report to hold on
 * the Vulkan device, those of the server and the game's alike.
 */
class Card {
  readonly totalBytes: number;
  readonly #root: string;
  readonly #engines: readonly Pick<ModelRuntime, 'resident'>[];
  #temperatureC = 50;

  constructor(root: string, totalBytes: number, engines: readonly Pick<ModelRuntime, 'resident'>[]) {
    this.#root = root;
    this.totalBytes = totalBytes;
    this.#engines = engines;
  }

  async usedBytes(): Promise<number> {
    const residents = (await Promise.all(this.#engines.map((engine) => engine.resident()))).flat();
    return residents.reduce((sum, { deviceBytes }) => sum + (deviceBytes ?? 0), 0);
  }

  heat(temperatureC: number): void {
    this.#temperatureC = temperatureC;
  }

  /** Writes what a driver would, each file whole. */
  async show(): Promise<void> {
    const device = join(this.#root, 'class', 'drm', 'card0', 'device');
    await mkdir(join(device, 'hwmon', 'hwmon0'), { recursive: true });
    const files = {
      vendor: '0x1002',
      product_name: 'Software card',
      gpu_busy_percent: 50,
      mem_busy_percent: 5,
      mem_info_vram_total: this.totalBytes,
      mem_info_vram_used: Math.min(this.totalBytes, await this.usedBytes()),
      'hwmon/hwmon0/temp1_input': this.#temperatureC * 1000,
      'hwmon/hwmon0/temp1_crit': 100_000,
    };
    for (const [name, content] of Object.entries(files)) {
      const path = join(device, name);
      await writeFile(`${path}.new`, String(content));
      await rename(`${path}.new`, path);
    }
  }
}

describe.skipIf(!hasSoftwareVulkan)('on a software Vulkan device', () => {
  let folder: string;
  let server: StartedServer;
  let game: LlamaCppRuntime;
  let card: Card;
  const showing = new AbortController();
  let shown: Promise<void>;
  const inherited = process.env['GGML_VK_VISIBLE_DEVICES'];

  beforeAll(async () => {
    // The engine then takes its Vulkan build.
    process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-vulkan-'));
    for (const name of ['alpha', 'beta']) await copyFile(sampleModelPath(), join(folder, `${name}-F16.gguf`));
    const options = { path: join(folder, 'config.json'), environment: {}, homeFolder: folder, workingFolder: folder };
    const config = createConfigStore(options);
    const storeFile = join(folder, 'measurements.db');
    await config.save({ backend: 'embedded', modelsFolder: folder, storeFile, quantizationLevel: 'F16' });
    const plimsoll = await openPlimsoll({
      config,
      replace: new Map<ServiceIdentifier<object>, object>([
        [GPU_PROBE, new AmdSysfsProbe(join(folder, 'sys'))],
        [HOST_PROBE, new FixedHostProbe()],
      ]),
      // Minutes of waiting as seconds, and what may happen in an hour in a minute.
      govern: {
        mode: 'active',
        policy: {
          ...DEFAULT_GOVERNOR_POLICY,
          ...{ healthyMs: 1_000, dwellMs: 200, settleMs: 300, reversalMs: 10_000, stepsPerHour: 480 },
          heat: { ...DEFAULT_GOVERNOR_POLICY.heat, graceMs: 500 },
        },
      },
    });
    const { value: use } = await plimsoll.lease();
    for (const name of ['alpha', 'beta']) {
      for (const level of ['Q8_0', 'Q4_K_M'] as const) {
        await (await use.quantization()).quantize({ model: join(folder, `${name}-F16.gguf`), level });
      }
    }
    game = new LlamaCppRuntime({ modelsFolder: folder, engine: { flavor: 'vulkan' } });
    card = new Card(join(folder, 'sys'), 48 * MIB, [await use.runtime(), game]);
    await card.show();
    shown = (async () => {
      while (!showing.signal.aborted) {
        await card.show();
        await sleep(50);
      }
    })();
    server = await startServer({ services: await httpServices(plimsoll), host: '127.0.0.1', port: 0 });
  }, 300_000);
  afterAll(async () => {
    await server.close(0);
    showing.abort();
    await shown;
    await game.close();
    await rm(folder, { recursive: true, force: true });
    if (inherited === undefined) delete process.env['GGML_VK_VISIBLE_DEVICES'];
    else process.env['GGML_VK_VISIBLE_DEVICES'] = inherited;
  });

  const governor = async <Document>(path = ''): Promise<Document> => {
    const answer = await fetch(`${server.url}/api/plimsoll/v1/governor${path}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Document;
  };

  /**
   * Asks again and again until it is stopped; every request has to be one whole answer. An answer takes half a second of
   * a core here: the pauses leave the loads that they wait for some of it.
   */
  function client(model: string): { readonly stop: () => Promise<ReadonlySet<string>> } {
    const variants = new Set<string>();
    const stopping = new AbortController();
    const work = (async () => {
      while (!stopping.signal.aborted) {
        const answer = await fetch(`${server.url}/v1/chat/completions`, {
          method: 'POST',
          body: JSON.stringify({
            ...{ model, stream: true, stream_options: { include_usage: true }, max_tokens: 6 },
            messages: [{ role: 'user', content: 'Once upon a time' }],
          }),
        });
        const text = await answer.text();
        expect([answer.status, text.slice(-300)]).toEqual([200, expect.stringContaining('[DONE]')]);
        expect(text).toContain('"completion_tokens":6');
        variants.add(answer.headers.get('x-plimsoll-variant') ?? '');
        await sleep(1_000);
      }
      return variants;
    })();
    return {
      stop: () => {
        stopping.abort();
        return work;
      },
    };
  }
  const levels = async (): Promise<readonly (string | null | undefined)[]> => {
    const { models } = await governor<GovernorDocument>();
    return models.map((model) => (model.changing || !model.loaded ? null : model.ladder[model.rung]?.level));
  };
  const PATIENT = { timeout: 120_000, interval: 100 };
  /** Waits until the models are at these levels; a failure tells what the governor did and why it does nothing more. */
  const reach = (expected: unknown): Promise<void> =>
    vi.waitFor(async () => {
      const now = await levels();
      const { hold, models } = await governor<GovernorDocument>();
      const { decisions } = await governor<GovernorLogDocument>('/log');
      const log = decisions.map(({ atMs, rule, direction, action, carriedOut, error }) =>
        JSON.stringify({ atMs, rule, direction, action, carriedOut, error }),
      );
      const state = JSON.stringify({
        hold,
        models: models.map((model) => ({ ...model, ladder: model.ladder.length })),
      });
      expect(now, `${state}\n${log.join('\n')}\n`).toEqual(expected);
    }, PATIENT);

  test(
    'a game takes memory and heat rises: levels give way and come back, and no request fails',
    { timeout: 900_000 },
    async () => {
      const clients = ['alpha-F16', 'beta-F16'].map(client);
      await reach(['F16', 'F16']);

      await game.load('alpha-F16', {
        contextTokens: 512,
        placement: { gpuLayers: 99, split: [1], expertLayersOnHost: 0 },
      });
      const lower = expect.arrayContaining([expect.stringMatching(/^Q/u)]) as readonly string[];
      await reach(lower);
      await game.unload('alpha-F16');
      await reach(['F16', 'F16']);

      card.heat(101);
      await reach(lower);
      card.heat(50);
      await reach(['F16', 'F16']);

      const variants = await Promise.all(clients.map(({ stop }) => stop()));
      expect(variants.some((seen) => [...seen].some((variant) => /-Q/u.test(variant)))).toBe(true);
      const { decisions } = await governor<GovernorLogDocument>('/log');
      expect(decisions.every(({ carriedOut }) => carriedOut === 'done')).toBe(true);
      const rules = decisions.map(({ rule, direction }) => `${rule} ${direction}`);
      expect(rules).toEqual(expect.arrayContaining(['hard-pressure down', 'heat down', 'recovery up']));
      // The device was never given more than it has.
      expect(await card.usedBytes()).toBeLessThan(card.totalBytes);
    },
  );
});
