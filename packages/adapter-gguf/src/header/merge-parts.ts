import { InvalidModelFileError, metadataNumber, type ModelHeader, type TensorInfo } from '@plimsoll/domain';
import { quoted } from './fault.js';

/**
 * Makes one model of the headers of its files, in order. A model in one file goes through here too: a single
 * part that lost its siblings is found out by what its own header says.
 *
 * @throws InvalidModelFileError when the parts do not belong together or some are missing.
 */
export function mergeParts(headers: readonly ModelHeader[], names: readonly string[]): ModelHeader {
  const first = headers[0];
  if (first === undefined) throw new RangeError('a model has at least one file');
  headers.forEach((header, index) => checkNumbering(header, names[index] ?? '', index, headers.length));
  const tensors = headers.flatMap((header) => header.tensors);
  if (headers.length > 1) {
    checkNames(tensors, names[0] ?? '');
    checkTensorCount(first, tensors.length, names[0] ?? '');
  }
  const fileSizes = headers.map((header) => header.fileBytes);
  return {
    ...first,
    tensors,
    headerBytes: headers.reduce((sum, header) => sum + header.headerBytes, 0),
    fileBytes: fileSizes.reduce((sum, bytes) => (sum === null || bytes === null ? null : sum + bytes), 0),
    parts: headers.length,
  };
}

function checkNumbering(header: ModelHeader, name: string, index: number, parts: number): void {
  const declared = metadataNumber(header, 'split.count') ?? 1;
  const number = metadataNumber(header, 'split.no') ?? 0;
  if (Math.max(1, declared) === parts && number === index) return;
  const hint =
    parts === 1
      ? 'Give all parts their original names (…-00001-of-0000N.gguf), in one folder, and name the first.'
      : 'The files come from different models or were renamed: download them again under their original names.';
  throw new InvalidModelFileError(
    `${name} says it is part ${number + 1} of ${declared}, but it was found as part ${index + 1} of ${parts}.`,
    { hint },
  );
}

function checkNames(tensors: readonly TensorInfo[], name: string): void {
  const seen = new Set<string>();
  for (const tensor of tensors) {
    if (seen.has(tensor.name)) {
      throw new InvalidModelFileError(`${name}: tensor ${quoted(tensor.name)} is in more than one part.`, {
        hint: 'The files come from different models: download them again.',
      });
    }
    seen.add(tensor.name);
  }
}

function checkTensorCount(first: ModelHeader, found: number, name: string): void {
  const declared = metadataNumber(first, 'split.tensors.count');
  if (declared === null || declared === found) return;
  throw new InvalidModelFileError(`${name}: the model has ${declared} tensors, but its parts hold ${found}.`, {
    hint: 'A part is damaged or from another model: download the files again.',
  });
}
