// Puts the program into a few files: hundreds of small modules would take longer to find than to run.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Stay packages of their own: they load native libraries, workers or data that lie beside their files. */
const separate = [
  '@plimsoll/adapter-llamacpp',
  '@plimsoll/http',
  '@plimsoll/report',
  '@plimsoll/sample-model',
  'node-llama-cpp',
  'koffi',
  'libsql',
];
const isSeparate = (id) => separate.some((name) => id === name || id.startsWith(`${name}/`));

await build({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'warn',
  resolve: { conditions: ['@plimsoll/source', 'node', 'import', 'module', 'default'] },
  ssr: {
    noExternal: true,
    resolve: { conditions: ['@plimsoll/source', 'node', 'import', 'module', 'default'] },
  },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      input: { main: 'src/main.ts', index: 'src/index.ts' },
      external: isSeparate,
      // Comments and white space cost time to read; names stay, for stack traces.
      output: {
        minify: { mangle: { toplevel: false, keepNames: true }, compress: false, codegen: true },
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    },
  },
});
