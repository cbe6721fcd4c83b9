import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleModelPath } from '@plimsoll/sample-model';
import { describeModelRuntimeContract } from '@plimsoll/testing';
import { LlamaCppRuntime } from './llama-cpp-runtime.js';

describeModelRuntimeContract('embedded', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-embedded-'));
  await symlink(sampleModelPath(), path.join(folder, 'fable.gguf'));
  return {
    runtime: new LlamaCppRuntime({ modelsFolder: folder }),
    model: 'fable',
    dispose: () => rm(folder, { recursive: true }),
  };
});
