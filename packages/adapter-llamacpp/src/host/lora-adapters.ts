import { existsSync } from 'node:fs';
import { CapabilityMissingError, InvalidInputError } from '@plimsoll/domain';
import type { LoraAdapter } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';

/**
 * Reads adapters for a model, before it gets a context, which reserves room for them. They are freed with the model.
 * Returns what applies them to a context.
 * @throws InvalidInputError for a file that does not belong to the model
 */
export async function openAdapters(
  engine: Engine,
  model: Pointer,
  adapters: readonly LoraAdapter[],
): Promise<(context: Pointer) => void> {
  const { llama } = engine;
  const handles = new BigUint64Array(new ArrayBuffer(adapters.length * 8));
  const scales = Float32Array.from(adapters, ({ scale }) => scale);
  for (const [index, { path }] of adapters.entries()) {
    if (!existsSync(path)) throw new InvalidInputError(`There is no adapter ${path}.`);
    engine.log.clear();
    const handle = await offThread(llama.adapterOpen, model, path);
    if (handle === null) {
      const reason = engine.log.reason() ?? 'the engine gave no reason';
      throw new InvalidInputError(`The adapter ${path} cannot be applied: ${reason}`, {
        hint: 'An adapter is a GGUF file that was made for just this model.',
      });
    }
    if (Number(llama.adapterInvocationTokens(handle)) > 0) {
      throw new CapabilityMissingError(`The adapter ${path} counts only after certain words (aLoRA).`, {
        remedies: [{ kind: 'use-backend', backend: 'llama-server' }],
      });
    }
    handles[index] = handle;
  }
  return (context) => {
    if (adapters.length > 0) llama.setAdapters(context, handles, adapters.length, scales);
  };
}
