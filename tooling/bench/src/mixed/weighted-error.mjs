import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { LlamaCppTensorQuantizer } from '@plimsoll/adapter-llamacpp';
import { allocate, parseModelReference, precisionGroups, precisionOptions, recipeOverrides } from '@plimsoll/domain';

const inspector = new FileModelInspector();

/** The header of a GGUF file. */
export const headerOf = async (file) => (await inspector.inspect(parseModelReference(file))).header;

/**
 * The proxy that llama.cpp's pull request 15550 allocates by, in our own words: for each tensor and type the sum over
 * its weights of the squared error times the mean squared input of the column. Sums of all tensors are compared as
 * they are. Gives a function from the bytes of all chosen tensors to a recipe's overrides.
 */
export async function weightedErrorRecipes({ source, matrix, types, folder }) {
  const groups = precisionGroups(await headerOf(source), Infinity);
  const tensors = groups.flatMap((group) => group.tensors.map(({ name }) => name));
  const quantizer = new LlamaCppTensorQuantizer({ modelsFolder: folder });
  const errors = new Map();
  for await (const found of quantizer.errors({ source, importanceMatrix: matrix, tensors, types })) {
    for (const { tensor, type, error } of found) errors.set(`${tensor} ${type}`, error);
  }
  await quantizer.close();
  const errorOf = (group, type) =>
    group.tensors.reduce((sum, { name }) => {
      const error = errors.get(`${name} ${type}`);
      return sum === null || error === undefined ? null : sum + error;
    }, 0);
  const options = precisionOptions(groups, types, errorOf);
  return (budgetBytes) => {
    const { choices } = allocate(options, budgetBytes);
    return recipeOverrides(
      groups.flatMap((group, i) => group.tensors.map(({ name }) => ({ tensor: name, type: choices[i].type }))),
    );
  };
}
