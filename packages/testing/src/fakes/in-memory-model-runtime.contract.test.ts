import { describeModelRuntimeContract } from '../contracts/model-runtime.contract.js';
import { InMemoryModelRuntime } from './in-memory-model-runtime.js';
import { installedVariant } from './installed-variant.js';

describeModelRuntimeContract('in-memory fake', async () => ({
  runtime: new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b' })] }),
  model: 'tale:1b',
}));

describeModelRuntimeContract('in-memory fake with embeddings and without residency', async () => ({
  runtime: new InMemoryModelRuntime({
    variants: [installedVariant({ name: 'tale:1b' })],
    capabilities: { embeddings: true, residency: false },
  }),
  model: 'tale:1b',
}));
