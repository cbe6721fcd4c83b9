import { parentPort } from 'node:worker_threads';
import { answerJob } from './plan-job.js';
import type { PlanJob } from './plan-job.js';

parentPort?.on('message', (job: PlanJob) => parentPort?.postMessage(answerJob(job)));
