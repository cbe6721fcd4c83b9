// Lets an engine process that a test started run from the TypeScript sources: Node 20 strips no types itself.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

// Node loads this file once more, on the thread where hooks run.
if (!import.meta.url.endsWith('?hooks')) register(`${import.meta.url}?hooks`);

const cache = fileURLToPath(new URL('../node_modules/.cache/source-loader/', import.meta.url));

export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(url)) return { url: url.href, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', shortCircuit: true, source: await transpiled(fileURLToPath(url)) };
}

async function transpiled(file) {
  const source = readFileSync(file, 'utf8');
  const kept = `${cache}${createHash('sha256').update(source).digest('hex')}.mjs`;
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { default: typescript } = await import('typescript');
  const { outputText } = typescript.transpileModule(source, {
    compilerOptions: { target: typescript.ScriptTarget.ES2023, module: typescript.ModuleKind.ESNext },
  });
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, outputText);
  renameSync(`${kept}.${process.pid}`, kept);
  return outputText;
}
