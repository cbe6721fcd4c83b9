import { rm } from 'node:fs/promises';
import { CapabilityMissingError, InvalidInputError, StorageFailedError } from '@plimsoll/domain';
import type { BuildOptions } from '@plimsoll/domain';
import { engineDevices } from '../engine/engine-devices.js';
import type { EngineFlavor, EngineOptions } from '../engine/engine-options.js';
import type { EngineDevice } from '../engine/protocol.js';
import { LLAMA_RELEASE, PACKAGE_VERSION } from '../native/build.js';
import { findEngineFiles } from '../native/engine-files.js';
import { addedFolder } from './added-folder.js';
import { installBuild, neededBytes } from './install-build.js';
import { installedBuilds } from './installed-builds.js';
import type { InstalledBuild } from './installed-builds.js';
import { bytesIn } from './npm-install.js';
import { pinnedBuilds } from './pinned-builds.js';
import type { PinnedBuild } from './pinned-builds.js';
import { hasSystemLibrary } from './system-library.js';

/** A build of the engine, here or to be had. */
export interface EngineBuild {
  readonly name: string;
  readonly flavor: Exclude<EngineFlavor, 'auto'>;
  /** Whether it came with the package or was added; null when it is not here. */
  readonly origin: InstalledBuild['origin'] | null;
  /** Bytes on the disk; of one that is not here, what adding it takes meanwhile. */
  readonly sizeBytes: number;
  /** Libraries of the system that it needs and that are not found. */
  readonly missing: readonly string[];
  /** Whether models run on it now. */
  readonly inUse: boolean;
}

const FLAVORS = ['cuda', 'vulkan', 'metal', 'cpu'] as const;

/** The builds of the embedded engine on this machine, and those that can be added from npm's registry. */
export class EngineBuilds {
  readonly release: string = `${LLAMA_RELEASE} (node-llama-cpp ${PACKAGE_VERSION})`;
  /** Where builds that were added lie. */
  readonly folder: string;
  readonly #options: EngineOptions;

  constructor(options: EngineOptions = {}) {
    this.#options = options;
    this.folder = addedFolder(options.buildsFolder);
  }

  /** All builds for this machine, the best first. */
  async list(): Promise<readonly EngineBuild[]> {
    const here = FLAVORS.flatMap((flavor) => installedBuilds(flavor, this.#options));
    const used = here.length === 0 ? null : findEngineFiles(this.#options).folder;
    const installed = here.map(async ({ folder, ...build }): Promise<EngineBuild> => {
      return { ...build, sizeBytes: await bytesIn(folder), inUse: folder === used };
    });
    const addable = pinnedBuilds()
      .filter(({ name }) => here.every((build) => build.name !== name))
      .map((build): EngineBuild => {
        const { name, flavor } = build;
        return { name, flavor, origin: null, sizeBytes: neededBytes(build), missing: missingFor(build), inUse: false };
      });
    const all = [...(await Promise.all(installed)), ...addable];
    return all.sort((a, b) => FLAVORS.indexOf(a.flavor) - FLAVORS.indexOf(b.flavor));
  }

  /**
   * Fetches a build, unless it is here. A flavor such as `cuda` stands for the first build of it whose libraries are on
   * this machine.
   * @returns the build's name, and the devices that it sees
   * @throws InvalidInputError, CapabilityMissingError when the libraries are missing or there is no such build for this
   *   machine, and whatever `installBuild` throws
   */
  async add(
    name: string,
    options: BuildOptions = {},
  ): Promise<{ readonly name: string; readonly devices: readonly EngineDevice[] }> {
    const build = chooseBuild(name);
    const here = installedBuilds(build.flavor, this.#options).some((installed) => installed.name === build.name);
    if (!here) await installBuild(build, this.folder, options);
    const devices = await engineDevices({ ...this.#options, flavor: build.flavor }, options);
    return { name: build.name, devices };
  }

  /**
   * Removes a build that was added; a flavor stands for all of it.
   * @throws InvalidInputError when none was added
   */
  async remove(name: string): Promise<readonly string[]> {
    const added = FLAVORS.flatMap((flavor) => installedBuilds(flavor, this.#options)).filter(
      ({ origin }) => origin === 'added',
    );
    const named = added.filter((build) => build.name === name || build.flavor === name);
    if (named.length === 0) {
      const names = added.map((build) => build.name);
      throw new InvalidInputError(`No build ${name} was added.`, {
        hint: names.length === 0 ? 'None was; those of the package stay.' : `There are: ${names.join(', ')}.`,
      });
    }
    for (const { folder } of named) {
      await rm(folder, { recursive: true }).catch((cause: unknown) => {
        throw new StorageFailedError(`${folder} cannot be removed.`, { cause });
      });
    }
    return named.map((build) => build.name);
  }
}

/** The build of that name; of a flavor, the first one that can be loaded here. */
function chooseBuild(name: string): PinnedBuild {
  const builds = pinnedBuilds();
  const exact = builds.find((build) => build.name === name);
  if (exact !== undefined) return exact;
  const ofFlavor = builds.filter(({ flavor }) => flavor === name);
  const fitting = ofFlavor.find((build) => missingFor(build).length === 0);
  if (fitting !== undefined) return fitting;
  if (ofFlavor.length > 0) {
    const lacks = ofFlavor.map((build) => `${build.name} needs ${missingFor(build).join(', ')}`).join('; ');
    throw new CapabilityMissingError(`No ${name} build can be loaded here: ${lacks}.`, {
      hint: `Install the driver and the libraries first, or add one all the same by its own name, such as ${ofFlavor[0]?.name ?? name}.`,
    });
  }
  throw new InvalidInputError(`There is no build ${name} to add on ${process.platform}-${process.arch}.`, {
    hint:
      builds.length === 0
        ? 'The builds for this system come with the package.'
        : `There are: ${builds.map((build) => build.name).join(', ')}.`,
  });
}

const missingFor = ({ needs }: PinnedBuild): readonly string[] => needs.filter((library) => !hasSystemLibrary(library));
