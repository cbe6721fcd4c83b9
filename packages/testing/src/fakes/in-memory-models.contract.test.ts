import { describeGpuProbeContract } from '../contracts/gpu-probe.contract.js';
import { describeLogitsSourceContract } from '../contracts/logits-source.contract.js';
import { describeModelCatalogContract } from '../contracts/model-catalog.contract.js';
import { describeVariantBuilderContract } from '../contracts/variant-builder.contract.js';
import { FakeLogitsSource } from './fake-logits-source.js';
import { FakeVariantBuilder } from './fake-variant-builder.js';
import { FixedGpuProbe, gpuReading } from './fixed-gpu-probe.js';
import { InMemoryModelCatalog } from './in-memory-model-catalog.js';
import { InMemoryModelRuntime } from './in-memory-model-runtime.js';
import { installedVariant } from './installed-variant.js';

const runtimeWithOne = (): InMemoryModelRuntime =>
  new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b-fp16', level: 'F16' })] });

describeModelCatalogContract('the catalogue in memory', async () => ({
  catalog: new InMemoryModelCatalog(runtimeWithOne()),
  known: 'tale:1b',
  unknown: 'nobody:1b',
}));

describeVariantBuilderContract('the builder in memory', async () => {
  const runtime = runtimeWithOne();
  return {
    builder: new FakeVariantBuilder(runtime),
    request: (target) => ({ source: 'tale:1b-fp16', target, level: 'Q4_K_M' }),
    installed: async () => runtime.variants.map(({ name }) => name),
  };
});

describeLogitsSourceContract('the source of one score', async () => ({
  source: new FakeLogitsSource(),
  model: 'tale:1b',
  text: 'Once upon a time there was a fox. '.repeat(10),
}));

describeGpuProbeContract('the fixed devices', () => {
  const device = { id: 'a', index: 0, name: 'A card', vendor: 'nvidia', memory: 'dedicated' } as const;
  const reading = gpuReading({ deviceId: 'a', totalBytes: 8, usedBytes: 1, utilization: 0.5, temperatureC: 40 });
  return new FixedGpuProbe([{ ...device, totalBytes: 8, driver: null }], [reading]);
});
