import { ModelNotFoundError, UnsupportedLevelError, isPlimsollError } from '@plimsoll/domain';
import type { BuildMethod, BuildOptions, BuiltVariant } from '@plimsoll/domain';
import { drain } from '@plimsoll/transport';
import type { OllamaApi } from '../ollama-api.js';
import type { BuildJob } from './build-job.js';
import { installedAs, installedVariants } from './installed-variants.js';

/** Failures of the short answer that show the variant itself to be broken, not the machine to be short of something. */
const BROKEN: readonly string[] = ['unsupported-model', 'invalid-model-file', 'backend-failed'];

/**
 * Holds what the server has made against what was asked for: its level, and unless it was pulled that it gives a short
 * answer. What is wrong is removed again, unless it was there before.
 * @throws ModelNotFoundError, UnsupportedLevelError, or what the short answer failed with
 */
export async function verifyVariant(
  api: OllamaApi,
  { request, installed, options }: BuildJob,
  method: BuildMethod,
): Promise<BuiltVariant> {
  const { target, level } = request;
  const isNew = installedAs(installed, target) === null;
  const made = installedAs(await installedVariants(api, options), target);
  if (made === null) {
    throw new ModelNotFoundError(`Ollama reported success, but has no model ${target}.`, { hint: 'Try again.' });
  }
  const isMixed = (request.overrides ?? []).length > 0;
  if (made.level !== null && made.level !== level && !isMixed) {
    if (isNew) await api.delete(target, options);
    throw new UnsupportedLevelError(`${target} came out as ${made.level}, not as ${level}; it was not kept.`, {
      hint: `Ask for ${made.level}, or start from an F16 model.`,
    });
  }
  if (method !== 'pull') await demandAnswer(api, target, isNew, options);
  return { name: made.name, path: null, sizeBytes: made.sizeBytes, digest: made.digest };
}

/** A variant that cannot be run is not kept. One that there is no memory for now is. */
async function demandAnswer(api: OllamaApi, model: string, isNew: boolean, options: BuildOptions): Promise<void> {
  options.onProgress?.({ phase: 'trying', completed: null, total: null, unit: 'bytes' });
  const question = { model, prompt: 'a', raw: true, options: { num_predict: 1, num_ctx: 256 }, keep_alive: 0 };
  try {
    await drain(api.generate(question, options));
  } catch (error) {
    if (!isPlimsollError(error) || error.code === 'cancelled') throw error;
    if (!BROKEN.includes(error.code)) return;
    if (isNew) await api.delete(model, options);
    throw error;
  }
}
