import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { llamaSource, peersDirectory } from './recipe.mjs';

/**
 * The folder with the chat templates of known models that llama.cpp's own tests use (`models/templates` of its source),
 * taken out of the bundle when it is first asked for. Null where git is missing.
 *
 * @returns {string | null}
 */
export function llamaTemplates() {
  const folder = `${peersDirectory()}-templates`;
  if (existsSync(folder)) return folder;
  const work = `${folder}.making-${process.pid}`;
  const git = (...args) => execFileSync('git', args, { stdio: 'ignore' });
  try {
    mkdirSync(work, { recursive: true });
    const source = join(work, 'source');
    git('clone', '--quiet', '--no-checkout', llamaSource().bundle, source);
    git('-C', source, 'checkout', 'HEAD', '--', 'models/templates');
    renameSync(join(source, 'models', 'templates'), folder);
  } catch {
    // Another process may have been first.
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return existsSync(folder) ? folder : null;
}
