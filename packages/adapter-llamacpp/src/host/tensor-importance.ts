import { InvalidInputError } from '@plimsoll/domain';
import { meanSquares } from '../imatrix/imatrix-file.js';
import { readMatrix } from './read-importance.js';
import type { SourceTensor } from './source-tensors.js';

/** Gives mean squared inputs by column, for each matrix of a tensor; null where a file or the matrix has none. */
export function importanceOf(
  file: string | null,
): (tensor: SourceTensor) => (matrix: number) => Float32Array<ArrayBuffer> | null {
  const matrix = file === null ? null : readMatrix(file);
  return ({ name, columns, matrices }) => {
    const entry = matrix?.entries.get(name);
    if (entry === undefined) return () => null;
    const means = Float32Array.from(meanSquares(entry));
    if (means.length !== columns * matrices) {
      throw new InvalidInputError(
        `The importance matrix is that of another model: it has ${means.length} values for ${name}, which takes ${columns * matrices}.`,
        { hint: 'Collect one for this model.', remedies: [{ kind: 'use-options', options: { imatrix: 'auto' } }] },
      );
    }
    return (index) => means.slice(index * columns, (index + 1) * columns);
  };
}
