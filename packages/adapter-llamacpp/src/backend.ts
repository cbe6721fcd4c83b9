import type { BackendDescriptor } from '@plimsoll/di';

/** The engine inside: GGUF files of this machine, run in processes of its own. */
export const backend: BackendDescriptor = {
  id: 'embedded',
  settings: ['modelsFolder'],
  variantNames: 'file',
  runsFiles: true,
  downloads: false,
  async module({ modelsFolder }, { files }) {
    // By its public name: programs that bundle this description leave the engine a package of its own.
    const { llamaCppModule } = await import('@plimsoll/adapter-llamacpp/inversify');
    return llamaCppModule({ modelsFolder, inspector: files });
  },
};
