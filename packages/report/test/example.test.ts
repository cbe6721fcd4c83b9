import { EnsureVariant, InspectModel, PlanModel, ReadDevices } from '@plimsoll/application';
import type { Comparison } from '@plimsoll/application';
import { variantName } from '@plimsoll/domain';
import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryConfigStore,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  RecordingEventBus,
} from '@plimsoll/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../domain/src/model/__fixtures__/transformer-header.js';
import { writePlanPage } from '../examples/write-a-plan-page.js';
import { writeReport } from '../examples/write-a-report.js';

const empty: Comparison = {
  id: 'a-1',
  model: 'tale:1b',
  reference: { level: 'F16', kvCache: 'f16' },
  environment: { backend: 'embedded', engineBuild: null, device: null, driver: null, platform: 'linux-x64' },
  text: null,
  levels: [],
};

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-report-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('the example writes a report', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'report.html');
    await writeReport(empty, file);
    expect(await readFile(file, 'utf8')).toContain('tale:1b: levels side by side');
  }));

test('the example writes a plan for the device that was asked about', () =>
  inFolder(async (folder) => {
    const header = transformerHeader(SHAPES.llama31With8B);
    const runtime = new InMemoryModelRuntime({ variants: [] });
    const inspector = {
      supports: () => true,
      inspect: async () => ({ header, path: null, digest: null, origin: 'a test', fetchedBytes: 0 }),
    };
    const planner = new PlanModel({
      inspect: new InspectModel(runtime, [inspector]),
      devices: new ReadDevices(new FixedGpuProbe(), new FixedHostProbe()),
      config: new InMemoryConfigStore({}),
      store: new InMemoryMeasurementStore(),
      ensure: new EnsureVariant(
        runtime,
        new InMemoryModelCatalog(runtime),
        [new FakeVariantBuilder(runtime, 'pull')],
        variantName,
        new RecordingEventBus(),
      ),
    });
    const file = path.join(folder, 'plan.html');
    await writePlanPage(planner, { model: 'llama3.1:8b', gpu: 'RTX 4060' }, file);
    const html = await readFile(file, 'utf8');
    expect(html.includes('as planned: GeForce RTX 4060')).toBe(true);
  }));
