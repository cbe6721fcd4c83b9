import { Worker } from 'node:worker_threads';
import { ask } from './ask.mjs';

/**
 * Sends requests at a fixed rate and gives the milliseconds that each took from the moment at which it was due: one that
 * had to wait for a connection, or for the sender, has waited.
 */
export async function atFixedRate(pool, perSecond, seconds) {
  const count = Math.round(perSecond * seconds);
  const beats = new Worker(new URL('beats.mjs', import.meta.url), { workerData: { count, perSecond } });
  const answers = [];
  await new Promise((resolve, reject) => {
    beats.on('error', reject).on('exit', resolve);
    beats.on('message', (dueNs) => {
      const lateMs = Number(process.hrtime.bigint() - dueNs) / 1e6;
      answers.push(ask(pool).then((ms) => lateMs + ms));
    });
  });
  return Promise.all(answers);
}
