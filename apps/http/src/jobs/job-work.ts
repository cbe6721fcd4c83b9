import { verdictOn } from '@plimsoll/application';
import type { CompareProgress, CompareRequest } from '@plimsoll/application';
import { compareDocument, quantizeDocument } from '@plimsoll/contract';
import type { QuantizeDocument } from '@plimsoll/contract';
import type { BuildProgress, Level, VariantLevel } from '@plimsoll/domain';
import type { BackendLease, HttpServices } from '../server/http-services.js';
import type { JobProgress } from './job.js';
import type { JobWork } from './jobs.js';

/** What a job shall do. */
export type JobCall =
  | {
      readonly kind: 'quantize';
      readonly model: string;
      readonly level: Level;
      readonly target?: string | undefined;
      readonly allowRequantize?: boolean | undefined;
    }
  | { readonly kind: 'pull'; readonly model: string; readonly level?: VariantLevel | undefined }
  | { readonly kind: 'compare'; readonly request: CompareRequest };

const buildProgress = ({ phase, completed, total }: BuildProgress): JobProgress => ({
  phase,
  fraction: completed === null || total === null || total === 0 ? null : completed / total,
});

const compareProgress = ({ phase, detail, fraction }: CompareProgress): JobProgress => ({
  phase: `${phase} ${detail}`.trimEnd(),
  fraction,
});

/** The work of a job, with the backend that the settings name when it begins. */
export function jobWork(services: HttpServices, call: JobCall): JobWork {
  return async ({ signal, onProgress }) => {
    const lease = await services.backend();
    try {
      if (call.kind === 'compare') {
        const { settings } = await services.settings.load();
        const options = { signal, onProgress: (value: CompareProgress) => onProgress(compareProgress(value)) };
        const comparison = await (await lease.comparison(call.request.model)).compare(call.request, options);
        return compareDocument(comparison, verdictOn(comparison, settings.qualityThreshold ?? undefined), null);
      }
      const options = { signal, onProgress: (value: BuildProgress) => onProgress(buildProgress(value)) };
      return await (call.kind === 'pull' ? pull(lease, call, options) : quantize(lease, call, options));
    } finally {
      lease.release();
    }
  };
}

type BuildJobOptions = Parameters<BackendLease['quantization']['quantize']>[1];

async function pull(
  { choose }: BackendLease,
  { model, level }: Extract<JobCall, { kind: 'pull' }>,
  options: BuildJobOptions,
): Promise<object> {
  const {
    variant,
    level: got,
    digest,
    made,
  } = await choose.choose(model, { make: true, strict: true, level, ...options });
  return { model, variant, level: got, digest, made };
}

async function quantize(
  { quantization }: BackendLease,
  { model, level, target, allowRequantize }: Extract<JobCall, { kind: 'quantize' }>,
  options: BuildJobOptions,
): Promise<QuantizeDocument> {
  const startMs = performance.now();
  const built = await quantization.quantize({ model, level, target, allowRequantize }, options);
  const durationMs = performance.now() - startMs;
  return quantizeDocument(built, { model, level, importanceMatrix: null, mixed: null, durationMs });
}
