import { EngineMismatchError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { EngineOptions } from '../engine/engine-options.js';
import { LLAMA_VERSION } from './build.js';
import { dieWithParent } from './die-with-parent.js';
import { INSTALL_HINT } from '../builds/installed-builds.js';
import { findEngineFiles } from './engine-files.js';
import type { EngineFiles } from './engine-files.js';
import { EngineLog } from './engine-log.js';
import { checkDefaults } from './known-defaults.js';
import { bindLibGgml } from './libggml.js';
import type { LibGgml } from './libggml.js';
import { bindLibLlama } from './libllama.js';
import type { LibLlama } from './libllama.js';
import { declareStructs } from './structs.js';
import type { Pointer } from './structs.js';

/** The engine's libraries, loaded into this process and found to be the pinned build. */
export interface Engine {
  readonly files: EngineFiles;
  readonly llama: LibLlama;
  readonly ggml: LibGgml;
  readonly log: EngineLog;
  /** Symbol lookup for the one function that `llama.h` does not declare. */
  readonly llamaLibrary: ReturnType<typeof koffi.load>;
  /** Address of libc's `strlen`; see `AbortFlag`. */
  readonly strlen: Pointer;
}

/**
 * Loads the engine into this process. Call it only in a process of its own: a failed assertion inside
 * native code ends the process. The process ends with its parent.
 * @throws EngineMismatchError
 */
export function loadEngine(options: EngineOptions, parent: number): Engine {
  const files = findEngineFiles(options);
  // The engine's own code runs on koffi's stack when it is called off the main thread.
  koffi.config({ async_stack_size: 8 * 1024 * 1024, sync_stack_size: 8 * 1024 * 1024, resident_async_pools: 2 });
  dieWithParent(koffi, parent);
  try {
    declareStructs(koffi);
    // The order matters: libllama links against the two ggml libraries.
    const base = koffi.load(files.ggmlBase, { global: true });
    const registry = koffi.load(files.ggml, { global: true });
    const llamaLibrary = koffi.load(files.llama);
    const llama = bindLibLlama(llamaLibrary);
    const ggml = bindLibGgml(base, registry);
    checkBuild(llama);
    const log = new EngineLog();
    const callback = koffi.proto('void LogCallback(int level, const char* text, void* data)');
    const write = (_level: number, text: string): void => {
      log.write(text);
    };
    llama.logSet(koffi.register(write, koffi.pointer(callback)), null);
    ggml.loadBackends(files.folder);
    return { files, llama, ggml, log, llamaLibrary, strlen: findStrlen() };
  } catch (cause) {
    if (cause instanceof EngineMismatchError) throw cause;
    throw new EngineMismatchError(`The engine's libraries in ${files.folder} cannot be loaded.`, {
      hint: INSTALL_HINT,
      cause,
    });
  }
}

function checkBuild(llama: LibLlama): void {
  const version = llama.version();
  if (version !== LLAMA_VERSION) {
    throw new EngineMismatchError(`The engine calls itself ${version}; ${LLAMA_VERSION} is needed.`, {
      hint: INSTALL_HINT,
    });
  }
  checkDefaults('quantize', llama.quantizeDefaults());
  checkDefaults('model', llama.modelDefaults());
  checkDefaults('context', llama.contextDefaults());
}

function findStrlen(): Pointer {
  const library =
    process.platform === 'win32' ? 'ucrtbase.dll' : process.platform === 'darwin' ? '/usr/lib/libSystem.B.dylib' : null;
  return koffi.load(library).symbol('strlen') as bigint;
}
