// Lets a process or a thread that a test started run from the TypeScript sources: Node 20 strips no types itself. What
// it starts with becomes one module, kept until a source changes: hundreds of small ones would take longer to load than
// the engine.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Node loads this file once more, on the thread where hooks run.
if (!import.meta.url.endsWith('?hooks')) register(`${import.meta.url}?hooks`);

const cache = fileURLToPath(new URL('../node_modules/.cache/source-loader/', import.meta.url));
const conditions = ['@plimsoll/source', 'node', 'import', 'default'];

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', shortCircuit: true, source: await bundled(fileURLToPath(url)) };
}

async function bundled(entry) {
  const file = `${cache}${createHash('sha256').update(entry).digest('hex')}.json`;
  const kept = read(file);
  if (kept?.inputs.every(([input, state]) => stateOf(input) === state)) return kept.code;
  const { code, moduleIds } = await bundle(entry);
  const inputs = [fileURLToPath(import.meta.url), ...moduleIds.filter((id) => path.isAbsolute(id))];
  mkdirSync(cache, { recursive: true });
  const own = `${file}.${process.pid}.${threadId}`;
  writeFileSync(own, JSON.stringify({ inputs: inputs.map((input) => [input, stateOf(input)]), code }));
  renameSync(own, file);
  return code;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function stateOf(file) {
  const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
}

async function bundle(entry) {
  const { build } = await import('vite');
  const { output } = await build({
    root: path.dirname(entry),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    build: {
      ssr: entry,
      target: 'node20',
      write: false,
      minify: false,
      rolldownOptions: { output: { format: 'es', codeSplitting: false } },
    },
    plugins: [inPlace],
  });
  return output[0];
}

/** Modules know where they are, and those of others stay there. */
const inPlace = {
  name: 'in-place',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (importer === undefined || source.startsWith('.') || source.startsWith('node:')) return null;
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    if (resolved?.id.includes('/node_modules/') !== true) return resolved;
    return { id: pathToFileURL(resolved.id).href, external: true };
  },
  transform: (code, id) => code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
};
