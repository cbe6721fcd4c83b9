import { SAMPLE_MODEL, sampleModelPath } from '@plimsoll/sample-model';
import { FixedGpuProbe, FixedHostProbe } from '@plimsoll/testing';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_GOVERNOR_POLICY } from '@plimsoll/domain';
import { switchUnderPressure } from '../examples/switch-under-pressure.js';
import { createPlimsoll } from '../src/index.js';

/** A small machine of which so much is in use, whatever our models do. */
class Machine extends FixedHostProbe {
  usage = 0.5;
  override async read(): ReturnType<FixedHostProbe['read']> {
    const totalBytes = 64 * 1024 ** 2;
    return { ...(await super.read()), totalBytes, availableBytes: Math.round(totalBytes * (1 - this.usage)) };
  }
}

const model = `${SAMPLE_MODEL.name}-f16`;
let folder: string;
const configFile = (): string => path.join(folder, 'config.json');

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-sdk-gpu-'));
  await copyFile(sampleModelPath(), path.join(folder, `${model}.gguf`));
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const line = readme.split('\n').find((one) => one.includes('"switch"')) ?? '';
  const ai = { llm_provider: 'embedded', models_folder: folder, quantization_level: 'F16' };
  const rest = JSON.stringify({ ai, store: { file: path.join(folder, 'measurements.db') } });
  // The line of the README, as it stands there.
  await writeFile(configFile(), `{ ${line.trim()},\n${rest.slice(1)}`);
  const maker = await createPlimsoll({ configFile: configFile() });
  await maker.generate(model, 'Once', { level: 'Q8_0', maxTokens: 1 });
  await maker.generate(model, 'Once', { level: 'Q4_K_M', maxTokens: 1 });
  await maker.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the line of the README switches to 4 bits when usage is above 0.8, and the facade says so', async () => {
  const host = new Machine();
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    // The first answer is given in calm; then others take memory.
    if (line === model) host.usage = 0.85;
  };
  const policy = { ...DEFAULT_GOVERNOR_POLICY, settleMs: 100, soft: { ...DEFAULT_GOVERNOR_POLICY.soft, graceMs: 0 } };
  const probes = { gpu: new FixedGpuProbe(), host };
  await switchUnderPressure({ configFile: configFile(), governor: { mode: 'active', policy }, probes }, model, print);
  expect(lines).toEqual([model, 'usage: down', `${SAMPLE_MODEL.name}-Q4_K_M`, 'host: read']);
});

test('pressure is told when it changes, a pinned model stays, and a backend of others is not governed', async () => {
  const host = new Machine();
  const plimsoll = await createPlimsoll({
    configFile: configFile(),
    governor: { mode: 'dry-run' },
    probes: { gpu: new FixedGpuProbe(), host },
  });
  try {
    await plimsoll.generate(model, 'Once', { maxTokens: 1 });
    await plimsoll.gpu.pin(model, 'point');
    await plimsoll.gpu.setMode('hold');
    expect(await plimsoll.gpu.status()).toMatchObject({ mode: 'hold', models: [{ name: model, pin: 'point' }] });
    host.usage = 0.97;
    const pressure = await new Promise((resolve) => plimsoll.gpu.onPressure(resolve));
    expect(pressure).toMatchObject({ domain: 'host', level: 'hard' });
  } finally {
    await plimsoll.close();
  }
  const settings = { backend: 'openai', openaiBaseUrl: 'http://127.0.0.1:9/v1' };
  const other = await createPlimsoll({ configFile: configFile(), settings });
  await expect(other.gpu.status()).rejects.toMatchObject({ code: 'capability-missing' });
  await other.close();
});
