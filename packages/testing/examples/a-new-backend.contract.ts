import { InMemoryModelRuntime, describeModelRuntimeContract, installedVariant } from '@plimsoll/testing';

/** The whole behaviour of a backend, checked in a few lines. */
describeModelRuntimeContract('my backend', async () => ({
  runtime: new InMemoryModelRuntime({ variants: [installedVariant({ name: 'tale:1b' })] }),
  model: 'tale:1b',
}));
