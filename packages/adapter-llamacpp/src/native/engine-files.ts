import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EngineMismatchError } from '@plimsoll/domain';
import type { EngineFlavor, EngineOptions } from '../engine/engine-options.js';
import { LLAMA_RELEASE, PACKAGE_VERSION } from './build.js';

/** The library files of one build of the engine. */
export interface EngineFiles {
  readonly folder: string;
  readonly flavor: Exclude<EngineFlavor, 'auto'>;
  readonly ggmlBase: string;
  readonly ggml: string;
  readonly llama: string;
}

/** How to get the engine where it is missing or of another release. */
export const INSTALL_HINT: string = `Install the pinned engine again: npm install ${packageName('cpu')}@${PACKAGE_VERSION}`;

/**
 * Finds the shipped libraries for this machine.
 * @throws EngineMismatchError when they are missing or of another release.
 */
export function findEngineFiles(options: EngineOptions): EngineFiles {
  if (options.librariesFolder !== undefined) return filesIn(options.librariesFolder, 'cpu');
  for (const flavor of candidates(options.flavor ?? 'auto')) {
    const folder = packagedFolder(flavor);
    if (folder !== null) return filesIn(folder, flavor);
  }
  throw new EngineMismatchError(
    `No engine library for ${process.platform}-${process.arch}${
      options.flavor === undefined || options.flavor === 'auto' ? '' : ` (${options.flavor})`
    } is installed.`,
    { hint: INSTALL_HINT },
  );
}

function candidates(flavor: EngineFlavor): readonly Exclude<EngineFlavor, 'auto'>[] {
  if (flavor !== 'auto') return [flavor];
  if (process.platform === 'darwin') return ['metal', 'cpu'];
  return [...(hasNvidia() ? (['cuda'] as const) : []), ...(hasGraphics() ? (['vulkan'] as const) : []), 'cpu'];
}

function hasNvidia(): boolean {
  return process.platform === 'win32' || existsSync('/dev/nvidiactl');
}

/** Loading Vulkan where there is nothing to find costs start-up time for no gain. */
function hasGraphics(): boolean {
  if (process.platform === 'win32' || process.env['GGML_VK_VISIBLE_DEVICES'] !== undefined || hasNvidia()) return true;
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  } catch {
    return false;
  }
}

/** The package with the libraries of a build for this machine. */
function packageName(flavor: Exclude<EngineFlavor, 'auto'>): string {
  const system = process.platform === 'win32' ? 'win' : process.platform === 'darwin' ? 'mac' : process.platform;
  const arch = process.arch === 'arm' ? 'armv7l' : process.arch;
  return `@node-llama-cpp/${system}-${arch}${flavor === 'cpu' ? '' : `-${flavor}`}`;
}

function packagedFolder(flavor: Exclude<EngineFlavor, 'auto'>): string | null {
  const name = packageName(flavor);
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = path.dirname(path.dirname(entry));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version?: unknown };
    if (version !== PACKAGE_VERSION) {
      throw new EngineMismatchError(
        `The installed ${name} is release ${String(version)}; ${PACKAGE_VERSION} is needed.`,
        { hint: INSTALL_HINT },
      );
    }
    return path.join(root, 'bins', path.basename(name));
  } catch (cause) {
    if (cause instanceof EngineMismatchError) throw cause;
    return null;
  }
}

function filesIn(folder: string, flavor: Exclude<EngineFlavor, 'auto'>): EngineFiles {
  let names: readonly string[];
  let release: unknown;
  try {
    names = readdirSync(folder);
    const record = JSON.parse(readFileSync(path.join(folder, '_nlcBuildMetadata.json'), 'utf8')) as {
      buildOptions?: { llamaCpp?: { release?: unknown } };
    };
    release = record.buildOptions?.llamaCpp?.release;
  } catch (cause) {
    throw new EngineMismatchError(`The engine's folder ${folder} cannot be read.`, { hint: INSTALL_HINT, cause });
  }
  if (release !== LLAMA_RELEASE) {
    throw new EngineMismatchError(
      `The engine's libraries are llama.cpp ${String(release)}; ${LLAMA_RELEASE} is needed.`,
      { hint: INSTALL_HINT },
    );
  }
  const find = (library: string): string => {
    const pattern = new RegExp(`^(lib)?${library}(\\.[A-Za-z0-9.]+)?\\.(so|dylib|dll)$`);
    const found = names.find((name) => pattern.test(name));
    if (found === undefined)
      throw new EngineMismatchError(`${folder} holds no library ${library}.`, { hint: INSTALL_HINT });
    return path.join(folder, found);
  };
  return { folder, flavor, ggmlBase: find('ggml-base'), ggml: find('ggml'), llama: find('llama') };
}
