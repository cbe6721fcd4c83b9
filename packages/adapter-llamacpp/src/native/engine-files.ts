import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { EngineMismatchError } from '@plimsoll/domain';
import type { EngineFlavor, EngineOptions } from '../engine/engine-options.js';
import { INSTALL_HINT, installedBuilds } from '../builds/installed-builds.js';
import { LLAMA_RELEASE } from './build.js';

/** The library files of one build of the engine. */
export interface EngineFiles {
  /** The build's name, as `plimsoll engine` lists it. */
  readonly build: string;
  readonly folder: string;
  readonly flavor: Exclude<EngineFlavor, 'auto'>;
  readonly ggmlBase: string;
  readonly ggml: string;
  readonly llama: string;
}

/**
 * Finds the libraries to run: of the builds that are here, the best that this machine has a device and libraries for.
 * @throws EngineMismatchError when they are missing or of another release.
 */
export function findEngineFiles(options: EngineOptions): EngineFiles {
  if (options.librariesFolder !== undefined) return filesIn('cpu', options.librariesFolder, 'cpu');
  const { flavor: wanted = 'auto' } = options;
  for (const flavor of candidates(wanted)) {
    const [best] = installedBuilds(flavor, options);
    // Who names a flavor is told what keeps it from loading.
    if (best !== undefined && (best.missing.length === 0 || wanted !== 'auto')) {
      return filesIn(best.name, best.folder, flavor);
    }
  }
  throw new EngineMismatchError(
    `No engine library for ${process.platform}-${process.arch}${wanted === 'auto' ? '' : ` (${wanted})`} is installed.`,
    { hint: INSTALL_HINT },
  );
}

function candidates(flavor: EngineFlavor): readonly Exclude<EngineFlavor, 'auto'>[] {
  if (flavor !== 'auto') return [flavor];
  if (process.platform === 'darwin') return ['metal', 'cpu'];
  return [...(hasNvidia() ? (['cuda'] as const) : []), ...(hasGraphics() ? (['vulkan'] as const) : []), 'cpu'];
}

/** The driver's device files: Linux' own, and that of Windows under WSL. */
function hasNvidia(): boolean {
  return process.platform === 'win32' || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
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

function filesIn(build: string, folder: string, flavor: Exclude<EngineFlavor, 'auto'>): EngineFiles {
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
  return { build, folder, flavor, ggmlBase: find('ggml-base'), ggml: find('ggml'), llama: find('llama') };
}
