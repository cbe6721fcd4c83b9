import { findBackend } from './find-backend.js';
import { CapabilityMissingError, parseModelReference } from '@plimsoll/domain';

/**
 * Refuses what only a download could run, before anything is looked for: models of repositories and of the Ollama
 * library can be planned from afar, but it is Ollama that downloads them, and nobody downloads a URL.
 * @throws CapabilityMissingError
 */
export function checkRunsHere(model: string, backend: string): void {
  const reference = parseModelReference(model);
  if (reference.kind === 'url') throw isAfar(model, DOWNLOAD);
  if (!findBackend(backend).runsFiles) return;
  if (reference.kind === 'huggingface') throw isAfar(model, orOllama(model));
  if (reference.kind === 'ollama-library') throw isAfar(model, orOllama(reference.name));
}

const DOWNLOAD = 'Download the file and name it by its path.';

const orOllama = (name: string): string =>
  `${DOWNLOAD} Or let Ollama download and run it: the same command with ${name} --backend ollama.`;

const isAfar = (model: string, hint: string): CapabilityMissingError =>
  new CapabilityMissingError(`${model} is not on this machine, and this backend downloads nothing.`, { hint });
