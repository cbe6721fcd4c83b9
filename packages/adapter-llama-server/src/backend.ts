import type { BackendDescriptor } from '@plimsoll/di';

/** The user's own llama-server, started for each model: GGUF files of this machine at the speed of that build. */
export const backend: BackendDescriptor = {
  id: 'llama-server',
  settings: ['modelsFolder', 'llamaServerPath', 'llamaServerArguments'],
  variantNames: 'file',
  runsFiles: true,
  downloads: false,
  async module({ modelsFolder, llamaServerPath, llamaServerArguments }, { files, quantizer }) {
    const [{ OpenAiModelRuntime }, { findProgram }, { llamaServerModule }] = await Promise.all([
      import('@plimsoll/adapter-openai'),
      import('./find-program.js'),
      import('./inversify.js'),
    ]);
    return llamaServerModule({
      modelsFolder,
      inspector: files,
      program: findProgram(llamaServerPath),
      extraArguments: llamaServerArguments,
      connect: (address) => new OpenAiModelRuntime(address),
      // Files that it runs can be made here.
      builder: await quantizer(),
    });
  },
};
