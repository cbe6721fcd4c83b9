import { createHash } from 'node:crypto';
import { CompareLevels, type CompareDependencies } from '@plimsoll/application';
import { CLOCK, GPU_PROBE, HOST_PROBE, LOGITS_SOURCE, MODEL_RUNTIME } from '@plimsoll/di';
import { lateStore } from './late-store.js';
import { planModel } from './plan-services.js';
import type { Services } from './services.js';
import { ensureVariant, measurementRecorder } from './use-cases.js';

/** Compares levels. */
export async function compareLevels(
  services: Services,
  model: string,
  grader?: CompareDependencies['grader'],
): Promise<CompareLevels> {
  return new CompareLevels({
    planner: await planModel(services, { model, probe: true }),
    runtime: await services.get(MODEL_RUNTIME),
    ensure: await ensureVariant(services),
    logits: await services.find(LOGITS_SOURCE),
    store: lateStore(services),
    recorder: await measurementRecorder(services),
    gpu: await services.get(GPU_PROBE),
    host: await services.get(HOST_PROBE),
    clock: await services.get(CLOCK),
    grader,
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
  });
}
