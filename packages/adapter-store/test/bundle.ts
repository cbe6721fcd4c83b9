import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const conditions = ['@plimsoll/source', 'node', 'import', 'module', 'default'];

/** A program in a folder of its own. */
export interface Bundle {
  readonly file: string;
  readonly remove: () => void;
}

/** Makes one plain JavaScript file of a TypeScript program, so that Node 20 can run it as a process or thread of its own. */
export async function bundle(entry: string): Promise<Bundle> {
  // Inside the package, where the program finds the database's native part.
  const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'program-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {
      alias: { '@plimsoll/adapter-store': fileURLToPath(new URL('../src/index.ts', import.meta.url)) },
      conditions,
    },
    // The database is native code and stays where it is installed.
    ssr: { resolve: { conditions }, noExternal: true, external: ['libsql'], target: 'node' },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  });
  return { file: join(folder, 'program.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
