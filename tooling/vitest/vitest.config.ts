import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Not `import`: Vitest hands these to Node, where packages in CommonJS would then be given ES modules to require.
const conditions = ['@plimsoll/source', 'node', 'module'];
const asNode = ['@plimsoll/source', 'node'];
/**
 * Packages whose tests have a process for each file: they load native code, or change what belongs to the process. All
 * other tests leave nothing behind, and share the modules that they load.
 */
const ALONE = [
  ...['adapter-gpu', 'adapter-llamacpp', 'adapter-photo', 'adapter-postgres', 'adapter-queue', 'adapter-store'],
];
const FOLDERS = ['packages/*/{src,test}', 'apps/*/{src,test}', 'tooling/*/src'];
const alone = ALONE.map((name) => `packages/${name}/{src,test}/**/*.test.ts`);
const notUnit = ['**/*.{integration,telemetry,e2e}.test.ts', '**/node_modules/**', '**/dist/**'];
const shared = {
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

// oxlint-disable-next-line no-restricted-exports -- vitest reads the default export
export default defineConfig({
  root,
  test: {
    root,
    // One less is the default: with two cores half of the machine would wait. One more makes all tests so much slower that
    // nothing is gained.
    maxWorkers: '100%',
    // The projects have most of their modules in common.
    experimental: { fsModuleCache: true },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          root,
          include: FOLDERS.map((folder) => `${folder}/**/*.test.ts`),
          exclude: [...notUnit, ...alone],
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: { name: 'alone', root, include: alone, exclude: notUnit, testTimeout: 30_000 },
      },
      {
        ...shared,
        // OpenTelemetry's packages hold under `module` what only a bundler can read.
        resolve: { conditions: asNode },
        ssr: { resolve: { conditions: asNode, externalConditions: asNode } },
        test: { name: 'telemetry', root, include: ['apps/http/src/observability/*.telemetry.test.ts'] },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          root,
          include: FOLDERS.map((folder) => `${folder}/**/*.{integration,e2e}.test.ts`),
          exclude: ['**/node_modules/**', '**/dist/**'],
          // What takes part is in processes of its own; the modules of a test itself are loaded once.
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
