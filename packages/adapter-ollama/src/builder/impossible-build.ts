import { ModelNotFoundError, UnsupportedLevelError, isFullPrecision } from '@plimsoll/domain';
import type { BuildJob } from './build-job.js';
import { CREATE_LEVELS } from './create-levels.js';

/** Why none of the ways leads to the variant. */
export function impossibleBuild({ request, source }: BuildJob, quantizes: boolean): Error {
  const { level, source: name, target } = request;
  if (source.kind === 'absent') {
    return new ModelNotFoundError(`Ollama has no model ${name} to make ${target} from.`, {
      hint: `ollama pull ${name}`,
    });
  }
  const isUnquantized = source.level !== null && isFullPrecision(source.level);
  if (isUnquantized && quantizes && source.path === null) {
    return new UnsupportedLevelError(
      `Ollama does not make ${level} of ${name}, and its file ${source.weights?.path ?? ''} cannot be read here.`,
      {
        hint: 'Run this as the user of the Ollama server, on its machine, or name a GGUF file of the model by its path.',
      },
    );
  }
  const reason = isUnquantized
    ? `it makes only ${[...CREATE_LEVELS.keys()].join(', ')}`
    : `${name} is ${source.level ?? 'of an unknown level'}, and only F16, BF16 and F32 models are quantized`;
  return new UnsupportedLevelError(`Ollama cannot make ${level} of ${name}: ${reason}.`, {
    hint: isUnquantized
      ? 'Quantize the file with the embedded engine and import the result.'
      : 'Pull or import an F16 variant of the model and start from that.',
  });
}
