import { findBackend } from './find-backend.js';
import { CapabilityMissingError, parseModelReference } from '@plimsoll/domain';
import type { Remedy } from '@plimsoll/domain';

/**
 * Refuses what only a download could run, before anything is looked for: models of repositories and of the Ollama
 * library can be planned from afar, but it is Ollama that downloads them, and nobody downloads a URL.
 * @throws CapabilityMissingError
 */
export function checkRunsHere(model: string, backend: string): void {
  const reference = parseModelReference(model);
  if (reference.kind === 'url') throw isAfar(model, []);
  if (!findBackend(backend).runsFiles) return;
  if (reference.kind === 'huggingface') throw isAfar(model, [onOllama(model)]);
  if (reference.kind === 'ollama-library') throw isAfar(model, [onOllama(reference.name)]);
}

/** Ollama downloads and runs it. */
const onOllama = (model: string): Remedy => ({ kind: 'use-backend', backend: 'ollama', model });

const isAfar = (model: string, remedies: readonly Remedy[]): CapabilityMissingError =>
  new CapabilityMissingError(`${model} is not on this machine, and this backend downloads nothing.`, {
    hint: 'Download the file and name it by its path.',
    remedies,
  });
