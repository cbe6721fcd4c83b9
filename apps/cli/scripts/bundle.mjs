// Puts the program into a few files: hundreds of small modules would take longer to find than to run. They are
// CommonJS, because Node starts its loader of ES modules only when one is imported, which takes longer than a plan.
import { rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { LATE } from './late-parts.mjs';
import { requireLate } from './require-late.mjs';

/** Stay packages of their own: they load native libraries, workers or data that lie beside their files. */
const separate = [
  '@plimsoll/adapter-llamacpp',
  '@plimsoll/adapter-photo',
  '@plimsoll/adapter-postgres',
  '@plimsoll/adapter-queue',
  '@plimsoll/adapter-store/thread',
  '@plimsoll/http',
  '@plimsoll/report',
  '@plimsoll/sample-model',
  '@plimsoll/simulation',
  'koffi',
  'libsql',
];
/** What a backend says of itself is read by every command; it opens the package only when it is asked to. */
const isDescription = (id) => id.startsWith('@plimsoll/') && id.endsWith('/backend');
const isSeparate = (id) => !isDescription(id) && separate.some((name) => id === name || id.startsWith(`${name}/`));

/** Code that is compiled by other means than Node's loader cannot import: it asks a module of the loader to. */
const importLate = {
  name: 'import-late',
  renderChunk: (code, { fileName }) =>
    fileName === 'main.cjs' ? code.replaceAll(/\bimport\((?=['"`])/g, "require('../bin/import-late.js')(") : null,
};

/** Copying the members of Node's modules, as is done for foreign ones, would load parts of them that nobody needs. */
const namespacesOfNode = {
  name: 'namespaces-of-node',
  renderChunk: (code) =>
    code.replaceAll(/^(node_\w+) = [\w.]+\(\1, 1\);$/gm, '$1 = Object.create($1, { default: { value: $1 } });'),
};

const importNodeLate = {
  name: 'require-late',
  renderChunk: (code, { fileName }) => (fileName === 'main.cjs' ? requireLate(code) : null),
};

// Compiled code of another bundle must not be taken for this one's: V8 only compares their lengths.
rmSync(new URL('../dist/main.cjs.cache', import.meta.url), { force: true });

/** V8 keeps texts that are all ASCII in half the memory, and Node reads them faster. */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_, files) {
    const main = files['main.cjs'];
    if (/\\[^\x00-\x7f]/.test(main.code))
      throw new Error('A character that is escaped already would be escaped twice.');
    const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    main.code = main.code.replaceAll(/[^\x00-\x7f]/g, escape);
  },
};

/** As Node would wrap it: wrapped at every start, the text would be copied in memory that must be collected. */
const wrapped = {
  name: 'wrapped',
  generateBundle(_, files) {
    files['main.cjs'].code = Module.wrap(files['main.cjs'].code);
  },
};

/** The bundler's own few functions, so that Node need not look for another file. */
const runtimeInside = {
  name: 'runtime-inside',
  generateBundle(_, files) {
    const main = files['main.cjs'];
    main.code = main.code.replace(/require\("\.\/(chunks\/rolldown-runtime-[^"]+)"\)/, (_line, file) => {
      return `((exports) => {${files[file].code};return exports})({})`;
    });
  },
};

/** Without their dependencies, which a plan may need. */
const lateGroups = Object.entries(LATE).map(([name, tests]) => ({
  name,
  test: (id) => tests.some((test) => test.test(id)),
  priority: 1,
  includeDependenciesRecursively: false,
}));

const { output: chunks } = await build({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'warn',
  plugins: [importLate, importNodeLate, namespacesOfNode, runtimeInside, asciiOnly, wrapped],
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
      input: { main: 'src/main.ts' },
      external: isSeparate,
      // Comments and white space cost time to read; names stay, for stack traces.
      output: {
        format: 'cjs',
        minify: { mangle: { toplevel: false, keepNames: true }, compress: false, codegen: true },
        entryFileNames: '[name].cjs',
        chunkFileNames: 'chunks/[name]-[hash].cjs',
        // What every command needs, and a plan, is one file, whose compiled code compile.mjs keeps.
        codeSplitting: {
          groups: [
            ...lateGroups,
            {
              name: 'main',
              test: /[\\/]cli[\\/]src[\\/]main\.ts$|[\\/]adapter-gpu[\\/]src[\\/]index\.ts$/,
              includeDependenciesRecursively: true,
            },
          ],
        },
      },
    },
  },
});

// An ES module can be imported from CommonJS while it runs, but not required by every Node that we support.
for (const { fileName, imports = [] } of chunks) {
  const required = imports.find((id) => isSeparate(id) && id.startsWith('@plimsoll/'));
  if (required !== undefined) throw new Error(`${fileName} needs \`await import('${required}')\` where it is used.`);
}

// For programs that import this package.
writeFileSync(
  new URL('../dist/index.js', import.meta.url),
  `import { fileURLToPath } from 'node:url';
import { loadCompiled } from '../bin/load-compiled.js';

export const { runProgram } = loadCompiled(fileURLToPath(new URL('main.cjs', import.meta.url))).exports;
`,
);

await import('./compile.mjs');
