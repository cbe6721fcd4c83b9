import type { LibraryHandle } from 'koffi';
import { mayHaveNvidia } from './may-have-nvidia.js';

/** Calls functions of NVIDIA's management library off the main thread. */
export interface NvmlLibrary {
  /**
   * Calls a function with numbers (32-bit), handles (64-bit) and memory to fill. True when it succeeded, false when
   * the function is missing, fails, or does not come back in time. Never throws.
   */
  call(name: string, ...args: readonly NvmlArgument[]): Promise<boolean>;
}

/** What functions of the library take: a number, a device handle, or memory to fill. */
export type NvmlArgument = number | bigint | Uint8Array;

/** Where drivers install the library, by platform. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  linux: ['libnvidia-ml.so.1', '/usr/lib/wsl/lib/libnvidia-ml.so.1'],
  win32: ['nvml.dll', 'C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll'],
};

const TIMEOUT_MS = 5000;

/** Opens the library, or gives null where there is none. */
export async function openNvml(files: readonly string[] = filesHere()): Promise<NvmlLibrary | null> {
  if (files.length === 0) return null;
  // Loaded when first needed: commands that look at no device start without it.
  const koffi = await import('koffi').catch(() => null);
  if (koffi === null) return null;
  for (const file of files) {
    try {
      return new KoffiNvml(koffi.default.load(file));
    } catch {
      // Not there, or not for this processor: try the next place.
    }
  }
  return null;
}

function filesHere(): readonly string[] {
  return process.platform === 'linux' && !mayHaveNvidia() ? [] : (FILES[process.platform] ?? []);
}

type AsyncFunction = (...args: readonly unknown[]) => void;

class KoffiNvml implements NvmlLibrary {
  readonly #library: LibraryHandle;
  readonly #functions = new Map<string, AsyncFunction | null>();
  /** A call that never comes back keeps a thread of the pool: after one, no more are made. */
  #stuck = false;

  constructor(library: LibraryHandle) {
    this.#library = library;
  }

  async call(name: string, ...args: readonly NvmlArgument[]): Promise<boolean> {
    const run = this.#functionFor(name, args);
    if (run === null || this.#stuck) return false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#stuck = true;
        resolve(false);
      }, TIMEOUT_MS);
      run(...args, (error: unknown, status: unknown) => {
        clearTimeout(timer);
        resolve(error === null && status === 0);
      });
    });
  }

  #functionFor(name: string, args: readonly NvmlArgument[]): AsyncFunction | null {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const found = this.#find(name, args);
    this.#functions.set(name, found);
    return found;
  }

  #find(name: string, args: readonly NvmlArgument[]): AsyncFunction | null {
    try {
      return this.#library.func(name, 'int', args.map(nativeType)).async as AsyncFunction;
    } catch {
      return null;
    }
  }
}

function nativeType(argument: NvmlArgument): string {
  if (typeof argument === 'number') return 'uint32_t';
  return typeof argument === 'bigint' ? 'uint64_t' : 'void *';
}
