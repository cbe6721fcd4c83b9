import { writeSync } from 'node:fs';
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
const HANDLERS: { readonly [Name in EngineCall]: () => Promise<Handler<Name>> } = {
  info: async () => (await import('./info.js')).info,
  devices: async () => (await import('./info.js')).devices,
  open: async () => (await import('./session.js')).open,
  dropCache: async () => (await import('./session.js')).dropCache,
  generate: async () => (await import('./generate.js')).generate,
  embed: async () => (await import('./embed.js')).embed,
  rerank: async () => (await import('./rerank.js')).rerank,
  tokenize: async () => (await import('./vocabulary.js')).tokenizeText,
  vocabulary: async () => (await import('./vocabulary.js')).vocabularyFacts,
  score: async () => (await import('./score.js')).score,
  measure: async () => (await import('./measure.js')).measure,
  planQuantization: async () => (await import('./quantize.js')).planQuantization,
  quantize: async () => (await import('./quantize.js')).quantize,
  quantizationErrors: async () => (await import('./quantization-errors.js')).quantizationErrors,
  typeSpeeds: async () => (await import('./type-speeds.js')).typeSpeeds,
  splice: async () => (await import('./splice.js')).splice,
  readImportance: async () => (await import('./read-importance.js')).readImportance,
  collectImportance: async () => (await import('./collect-importance.js')).collectImportance,
};

/** Calls that wait for each other. Answers do not: they are computed together. */
const EXCLUSIVE: ReadonlySet<EngineCall> = new Set<EngineCall>(['open', 'embed', 'rerank', 'dropCache']);

const jobs = new Map<number, Job>();
let turn: Promise<unknown> = Promise.resolve();
let engine: Engine | Error | null = null;

// A parent that is gone reads nothing: this process is about to end too.
const send = (message: FromEngine): void => void process.send?.(message, undefined, undefined, () => undefined);

process.on('message', (message: ToEngine) => {
  switch (message.kind) {
    case 'start':
      try {
        engine = loadEngine(message.options, message.parent);
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
const end = (): void => void process.kill(process.pid, 'SIGKILL');
process.on('disconnect', end);
// So may the end that Node itself would come to: native threads wait in callbacks that are never answered then.
process.on('uncaughtException', (error) => {
  writeSync(process.stderr.fd, `${error.stack ?? error.message}\n`);
  end();
});
// A terminal's Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => undefined);

async function run(id: number, method: EngineCall, params: unknown): Promise<void> {
  const job = new Job((events) => send({ kind: 'events', id, events }));
  jobs.set(id, job);
  try {
    if (engine === null) throw new Error('the engine was not started');
    if (engine instanceof Error) throw engine;
    const handler = (await HANDLERS[method]()) as (engine: Engine, params: unknown, job: Job) => Promise<unknown>;
    const work = async (): Promise<unknown> => {
      job.check();
      return handler(engine as Engine, params, job);
    };
    const running = EXCLUSIVE.has(method) ? turn.then(work) : work();
    if (EXCLUSIVE.has(method)) turn = running.catch(() => undefined);
    const value = await running;
    job.flush();
    send({ kind: 'result', id, value });
  } catch (error) {
    job.flush();
    send({ kind: 'error', id, error: toWire(error) });
  } finally {
    jobs.delete(id);
  }
}
