import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EngineMismatchError } from '@plimsoll/domain';
import type { EngineFlavor, EngineOptions } from '../engine/engine-options.js';
import { PACKAGE_VERSION } from '../native/build.js';
import { addedFolder } from './added-folder.js';
import { pinnedBuilds } from './pinned-builds.js';
import { hasSystemLibrary } from './system-library.js';

/** A build of the engine that is on this machine. */
export interface InstalledBuild {
  /** As `plimsoll engine` names it. */
  readonly name: string;
  readonly flavor: Exclude<EngineFlavor, 'auto'>;
  /** The folder with its libraries. */
  readonly folder: string;
  /** Whether it came with this package's dependencies, or was added on request. */
  readonly origin: 'package' | 'added';
  /** Libraries of the system that it is linked to and that are not there. */
  readonly missing: readonly string[];
}

/** How to get the engine where it is missing or of another release. */
export const INSTALL_HINT: string = `Install the pinned engine again: npm install ${packageName('cpu')}@${PACKAGE_VERSION}`;

/**
 * The builds of a flavor that are here: those that can be loaded first, then those that were added.
 * @throws EngineMismatchError when a package is of another release
 */
export function installedBuilds(
  flavor: Exclude<EngineFlavor, 'auto'>,
  { buildsFolder, environment }: EngineOptions,
): readonly InstalledBuild[] {
  const pinned = pinnedBuilds().filter((build) => build.flavor === flavor);
  const missingFrom = (needs: readonly string[]): readonly string[] =>
    needs.filter((name) => !hasSystemLibrary(name, { ...process.env, ...environment }));
  const added = pinned.flatMap(({ name, needs }): readonly InstalledBuild[] => {
    const folder = path.join(addedFolder(buildsFolder), name);
    return existsSync(folder) ? [{ name, flavor, folder, origin: 'added', missing: missingFrom(needs) }] : [];
  });
  const packaged = packagedFolder(flavor);
  const [first] = pinned;
  const all: readonly InstalledBuild[] =
    packaged === null
      ? added
      : [
          ...added,
          {
            name: first?.name ?? flavor,
            flavor,
            folder: packaged,
            origin: 'package',
            missing: missingFrom(first?.needs ?? []),
          },
        ];
  return [...all].sort((a, b) => Math.min(a.missing.length, 1) - Math.min(b.missing.length, 1));
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
