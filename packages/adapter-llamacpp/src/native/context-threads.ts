import koffi from 'koffi';
import type { Engine } from './engine.js';
import { MAX_THREADS } from './structs.js';
import type { Pointer } from './structs.js';

/** `GGML_BACKEND_DEVICE_TYPE_CPU`. */
const PROCESSOR = 0;
/**
 * How long a worker that has nothing to do looks for work before it sleeps, in units of 131,072 looks, some
 * milliseconds each: long enough for the gap between two tokens, short enough to give the core back afterwards.
 */
const POLL = 1;

/** Pools of this process by size: two models that take turns must not wake two sets of threads. */
const pools = new Map<number, Pointer>();

/**
 * The threads that one context computes with. They stay between computations: left to itself the engine starts
 * and ends its threads for every token, which for a small model costs as much as the computation.
 */
export class ContextThreads {
  readonly #engine: Engine;
  readonly #context: Pointer;
  readonly #pool: Pointer;
  #attached = '';

  /** @param most threads that a computation will use at most, the calling one included. */
  constructor(engine: Engine, context: Pointer, most: number) {
    this.#engine = engine;
    this.#context = context;
    this.#pool = most > 1 ? poolOf(engine, most) : null;
  }

  /** Takes so many threads for one token at a time, and so many for whole batches, from now on. */
  use(decode: number, batch: number): void {
    const { llama } = this.#engine;
    llama.setThreads(this.#context, decode, batch);
    // A computation on one thread must not wake the others: they would look for work and keep a core busy.
    const attached = `${String(decode > 1)} ${String(batch > 1)}`;
    if (attached === this.#attached) return;
    this.#attached = attached;
    llama.attachThreadPool(this.#context, decode > 1 ? this.#pool : null, batch > 1 ? this.#pool : null);
  }
}

function poolOf(engine: Engine, threads: number): Pointer {
  const known = pools.get(threads);
  if (known !== undefined) return known;
  const pool = createPool(engine, threads);
  pools.set(threads, pool);
  return pool;
}

/** A pool made by the processor's backend, or null when this build has none: the engine then makes its own. */
function createPool({ ggml }: Engine, threads: number): Pointer {
  const device = ggml.deviceOfType(PROCESSOR);
  if (device === null) return null;
  const create = ggml.procedure(ggml.deviceRegistry(device), 'ggml_threadpool_new');
  if (create === null) return null;
  const params = {
    cpumask: new Uint8Array(MAX_THREADS),
    n_threads: threads,
    prio: 0,
    poll: POLL,
    strict_cpu: false,
    paused: false,
  };
  return koffi.call(create, koffi.proto('void*', ['ThreadPoolParams*']), params) as Pointer;
}
