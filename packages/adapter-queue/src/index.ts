export { openJobQueue } from './bullmq-job-queue.js';
export type { JobQueueOptions } from './bullmq-job-queue.js';
