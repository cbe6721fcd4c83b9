import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const conditions = ['@plimsoll/source', 'node', 'import', 'module', 'default'];

/** Makes one plain JavaScript file of a TypeScript program, so that Node 20 can run it as a process of its own. */
export async function bundle(entry: string, outFolder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {
      alias: { '@plimsoll/adapter-config': fileURLToPath(new URL('../src/index.ts', import.meta.url)) },
      conditions,
    },
    ssr: { resolve: { conditions }, noExternal: true, target: 'node' },
    build: {
      ssr: entry,
      outDir: outFolder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  });
  return join(outFolder, 'program.mjs');
}
