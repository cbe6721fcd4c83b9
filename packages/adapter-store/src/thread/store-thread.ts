import { parentPort, workerData } from 'node:worker_threads';
import { isPlimsollError } from '@plimsoll/domain';
import type { CallOptions, Measurement } from '@plimsoll/domain';
import { LibsqlMeasurementStore } from '../libsql-measurement-store.js';
import type { StoreAnswer, StoreFailure, StoreRequest, StoreTask } from './messages.js';

// The thread's program: keeps measurements in the file that it was started with.
const store = new LibsqlMeasurementStore(workerData as string);

interface Running {
  readonly stop: AbortController;
  readonly answered: Promise<StoreAnswer>;
}

const running = new Map<number, Running>();

parentPort?.on('message', ({ id, task }: StoreRequest) => {
  if (task === null) {
    running.get(id)?.stop.abort();
    return;
  }
  const stop = new AbortController();
  const answered = answer(id, task, { signal: stop.signal });
  running.set(id, { stop, answered });
  void answered.then((ended) => {
    running.delete(id);
    parentPort?.postMessage(ended);
  });
});

async function answer(id: number, task: StoreTask, options: CallOptions): Promise<StoreAnswer> {
  try {
    return { id, json: JSON.stringify((await perform(task, options)) ?? null) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

async function perform(task: StoreTask, options: CallOptions): Promise<unknown> {
  switch (task.kind) {
    case 'append':
      return store.append(JSON.parse(task.json) as Measurement[], options);
    case 'query':
      return store.query(task.filter, options);
    case 'aggregate':
      return store.aggregate(task.filter, options);
    case 'close':
      // This task is not among them yet.
      await Promise.all([...running.values()].map(({ answered }) => answered));
      return store.close();
  }
}

function failureOf(error: unknown): StoreFailure {
  if (isPlimsollError(error)) return { code: error.code, message: error.message, hint: error.hint };
  return { code: null, message: error instanceof Error ? error.message : String(error), hint: null };
}
