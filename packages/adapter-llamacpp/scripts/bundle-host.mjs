// Puts the engine process's program into one CommonJS file, and that of its thread for chat templates into another:
// each loaded model starts them, and finding a hundred small modules takes longer than loading the engine.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const conditions = ['@plimsoll/source', 'node', 'import', 'module', 'default'];

for (const name of ['main', 'template-worker']) {
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions },
    ssr: { noExternal: true, external: ['koffi'], resolve: { conditions } },
    build: {
      ssr: true,
      target: 'node20',
      outDir: 'dist/host',
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: { [name]: `src/host/${name}.ts` },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  });
}
