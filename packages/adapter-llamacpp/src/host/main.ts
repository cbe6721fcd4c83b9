import type { EngineCall, EngineCalls, FromEngine, ToEngine } from '../engine/protocol.js';
import { toWire } from '../engine/wire-error.js';
import { loadEngine } from '../native/engine.js';
import type { Engine } from '../native/engine.js';
import { Job } from './job.js';

/** A call's implementation inside the engine process. */
type Handler<Name extends EngineCall> = (
  engine: Engine,
  params: EngineCalls[Name]['params'],
  job: Job,
) => Promise<EngineCalls[Name]['result']>;

/** Each call's code is loaded when it is first made: an engine that quantizes needs no chat template. */
const HANDLERS: { readonly [Name in EngineCall]?: () => Promise<Handler<Name>> } = {
  info: async () => (await import('./info.js')).info,
  devices: async () => (await import('./info.js')).devices,
  measure: async () => (await import('./measure.js')).measure,
  quantize: async () => (await import('./quantize.js')).quantize,
};

const jobs = new Map<number, Job>();
let engine: Engine | Error | null = null;

const send = (message: FromEngine): void => {
  process.send?.(message);
};

process.on('message', (message: ToEngine) => {
  switch (message.kind) {
    case 'start':
      try {
        engine = loadEngine(message.options);
      } catch (error) {
        engine = error as Error;
      }
      break;
    case 'call':
      void run(message.id, message.method, message.params);
      break;
    case 'abort':
      jobs.get(message.id)?.abort();
      break;
    case 'taken':
      jobs.get(message.id)?.taken(message.count);
      break;
  }
});

// The parent is gone: nobody waits for an answer. Exit handlers of native code may wait for busy threads.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal's Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => undefined);

async function run(id: number, method: EngineCall, params: unknown): Promise<void> {
  const job = new Job((events) => send({ kind: 'events', id, events }));
  jobs.set(id, job);
  try {
    if (engine === null) throw new Error('the engine was not started');
    if (engine instanceof Error) throw engine;
    const handler = (await HANDLERS[method]?.()) as (engine: Engine, params: unknown, job: Job) => Promise<unknown>;
    const value = await handler(engine, params, job);
    job.flush();
    send({ kind: 'result', id, value });
  } catch (error) {
    job.flush();
    send({ kind: 'error', id, error: toWire(error) });
  } finally {
    jobs.delete(id);
  }
}
