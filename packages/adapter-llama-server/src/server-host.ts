import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendFailedError, CancelledError, OutOfMemoryError } from '@plimsoll/domain';
import type { LoadOptions, ModelRuntime } from '@plimsoll/domain';
import { withHugePages } from '@plimsoll/local-models';
import type { LoadedModel, ModelHost } from '@plimsoll/local-models';
import { endGuarded, spawnGuarded } from './guarded-child.js';
import { findProjector } from './projector.js';
import { serverArguments } from './server-arguments.js';
import { ServerLogReader } from './server-log.js';

/** Where a server of ours listens, and the key that it wants. */
export interface ServerAddress {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** How a server is started. */
export interface ServerHostOptions {
  readonly program: string;
  readonly model: string;
  readonly load: LoadOptions;
  /** Makes the client that speaks with it. */
  readonly connect: (address: ServerAddress) => ModelRuntime;
  /** More arguments, such as those that load a projector for images or a draft model. */
  readonly extraArguments: Promise<readonly string[]>;
  /** Called with how long it ran, milliseconds, when it ends by itself. */
  readonly onEnd?: (ranMs: number) => void;
}

/** The name under which each server serves its one model. */
export const SERVED_NAME = 'model';

const POLL_MS = 50;
/** Another program may take the port between its choice and the server's start. */
const STARTS = 3;

/** One llama-server with one model: on a port of loopback, with a key of its own, ended with this process. */
export class ServerHost implements ModelHost {
  readonly loaded: Promise<LoadedModel>;
  readonly #options: ServerHostOptions;
  readonly #key = randomBytes(24).toString('hex');
  readonly #log = new ServerLogReader();
  #child: ChildProcess | null = null;
  #client: ModelRuntime | null = null;
  #reason: Error | null = null;
  #ended = false;

  constructor(options: ServerHostOptions) {
    this.#options = options;
    this.loaded = this.#start();
    this.loaded.catch(() => undefined);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The client of the loaded server. */
  get client(): ModelRuntime {
    if (this.#client === null) throw new Error('the server is not ready');
    return this.#client;
  }

  /** Why it ended: what `close` was given, else what its log says. */
  get failure(): Error {
    if (this.#reason !== null) return this.#reason;
    const said = this.#log.reason;
    return /out of memory|failed to allocate|unable to allocate|bad_alloc/i.test(said)
      ? new OutOfMemoryError(`llama-server ran out of memory: ${said}`, {
          hint: 'Choose a lower level, a shorter context or fewer layers on the device.',
        })
      : new BackendFailedError(`llama-server ended: ${said === '' ? 'it said nothing' : said}`, {
          hint: `Try it by hand: ${this.#options.program} --model ${this.#options.model}`,
        });
  }

  async close(reason: Error = new CancelledError('The server was closed before it was done.')): Promise<void> {
    this.#reason ??= reason;
    await this.#client?.close();
    const child = this.#child;
    if (child === null || this.#ended) return;
    const gone = once(child, 'close');
    endGuarded(child);
    await gone;
  }

  async #start(): Promise<LoadedModel> {
    const startedMs = performance.now();
    for (let start = 1; ; start++) {
      const address = await this.#run();
      if (address !== null) {
        this.#client = this.#options.connect({ baseUrl: `${address}/v1`, apiKey: this.#key });
        return { ...(await this.#facts(address)), loadMs: performance.now() - startedMs };
      }
      if (start === STARTS || this.#reason !== null || !/bind|address already in use/i.test(this.#log.reason)) {
        throw this.failure;
      }
    }
  }

  /** Starts the program; its address when it is ready, null when it ended first. */
  async #run(): Promise<string | null> {
    const { program, model, load } = this.#options;
    const extraArguments = await this.#options.extraArguments;
    const port = await freePort();
    const listen = ['--host', '127.0.0.1', '--port', String(port), '--alias', SERVED_NAME, '--no-webui'];
    // Its log names the buffers at this verbosity; nothing of it is kept but the last lines and the sums.
    const projector = extraArguments.includes('--mmproj') ? null : await findProjector(model);
    const sight = projector === null ? [] : ['--mmproj', projector];
    const args = [...serverArguments(model, load), ...sight, ...listen, '--log-verbosity', '4', ...extraArguments];
    const startedMs = performance.now();
    if (this.#reason !== null) return null;
    this.#ended = false;
    const child = spawnGuarded(program, args, withHugePages({ ...process.env, LLAMA_API_KEY: this.#key }));
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#log.write(text));
    }
    child.once(
      'error',
      (cause) => (this.#reason ??= new BackendFailedError(`llama-server: ${cause.message}`, { cause })),
    );
    child.once('close', () => {
      this.#ended = true;
      if (this.#reason === null) this.#options.onEnd?.(performance.now() - startedMs);
    });
    const address = `http://127.0.0.1:${port}`;
    while (!this.#gone()) {
      const answer = await fetch(`${address}/health`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok === true) return address;
      await sleep(POLL_MS);
    }
    return null;
  }

  #gone(): boolean {
    return this.#ended;
  }

  async #facts(address: string): Promise<Omit<LoadedModel, 'loadMs'>> {
    const { load } = this.#options;
    const { sizeBytes, deviceBytes, offloadedLayers } = this.#log.read;
    const [resident] = await this.client.resident();
    const parallel = load.parallel ?? 1;
    return {
      sizeBytes,
      deviceBytes,
      shape: {
        contextTokens: resident?.contextTokens ?? (await contextOf(address, this.#key)) ?? load.contextTokens ?? 0,
        parallel,
        batchTokens: load.batchTokens ?? 2048,
        microBatchTokens: load.microBatchTokens ?? 512,
        keyCacheType: load.keyCacheType ?? 'f16',
        valueCacheType: load.valueCacheType ?? 'f16',
        flashAttention: load.flashAttention ?? 'auto',
        placement: {
          gpuLayers: offloadedLayers ?? 0,
          split: load.placement?.split ?? null,
          expertLayersOnHost: load.placement?.expertLayersOnHost ?? 0,
        },
      },
    };
  }
}

/** Context of one slot, as the server's own route says it. */
async function contextOf(address: string, key: string): Promise<number | null> {
  const answer = await fetch(`${address}/props`, { headers: { authorization: `Bearer ${key}` } });
  if (!answer.ok) return null;
  const { default_generation_settings: settings } = (await answer.json()) as {
    default_generation_settings?: { n_ctx?: unknown };
  };
  return typeof settings?.n_ctx === 'number' ? settings.n_ctx : null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
