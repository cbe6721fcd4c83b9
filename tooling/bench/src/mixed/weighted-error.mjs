import { execFileSync } from 'node:child_process';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { gguf } from '@huggingface/gguf';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { allocate, parseModelReference, precisionGroups, precisionOptions, recipeOverrides } from '@plimsoll/domain';
import { requirePeer } from '../engine/peer.mjs';

const inspector = new FileModelInspector();

/** The header of a GGUF file. */
export const headerOf = async (file) => (await inspector.inspect(parseModelReference(file))).header;

/**
 * The proxy that llama.cpp's pull request 15550 allocates by, in our own words: for each tensor and type the sum over
 * its weights of the squared error times the mean squared input of the column. Sums of all tensors are compared as
 * they are. Gives a function from the bytes of all chosen tensors to a recipe's overrides.
 */
export async function weightedErrorRecipes({ build, source, matrix, types, folder }) {
  const header = await headerOf(source);
  const groups = precisionGroups(header, Infinity);
  const weights = await columnWeights(matrix);
  const errors = new Map();
  const exact = await floats(source, folder);
  for (const type of types) {
    const file = await build(`bank-${type}`, 'Q8_0', [{ pattern: '.*', type }]);
    const stored = await floats(file, folder);
    for (const { name, tensors } of groups) {
      let sum = 0;
      for (const { name: tensor, shape } of tensors) {
        sum += weightedError(await exact.read(tensor), await stored.read(tensor), shape[0], weights.get(tensor));
      }
      errors.set(`${name} ${type}`, sum);
    }
    await stored.close();
    await rm(file);
  }
  await exact.close();
  const options = precisionOptions(groups, types, ({ name }, type) => errors.get(`${name} ${type}`) ?? null);
  return (budgetBytes) => {
    const { choices } = allocate(options, budgetBytes);
    return recipeOverrides(
      groups.flatMap(({ tensors }, i) => tensors.map(({ name }) => ({ tensor: name, type: choices[i].type }))),
    );
  };
}

/** Mean squared inputs by column, of each tensor that the matrix holds: one row of columns for each expert. */
async function columnWeights(matrix) {
  const file = await tensorsOf(matrix);
  const found = new Map();
  for (const name of file.names.filter((one) => one.endsWith('.in_sum2'))) {
    const tensor = name.replace(/\.in_sum2$/, '');
    const [sums, counts] = [await file.read(name), await file.read(`${tensor}.counts`)];
    const columns = sums.length / counts.length;
    found.set(tensor, { means: sums.map((sum, i) => sum / counts[Math.floor(i / columns)]), matrices: counts.length });
  }
  await file.close();
  return found;
}

/** A tensor that the matrix does not hold, such as a tied embedding, has inputs of 1. */
function weightedError(exact, stored, columns, weights) {
  const perMatrix = exact.length / (weights?.matrices ?? 1);
  let sum = 0;
  for (let i = 0; i < exact.length; i += 1) {
    const column = Math.floor(i / perMatrix) * columns + (i % columns);
    sum += (exact[i] - stored[i]) ** 2 * (weights?.means[column] ?? 1);
  }
  return sum;
}

/** A model's tensors as 32-bit floats, by llama-quantize. */
async function floats(model, folder) {
  const target = path.join(folder, 'floats.gguf');
  const file = path.join(folder, `${path.basename(model)}.f32`);
  execFileSync(requirePeer('llama-quantize'), ['--allow-requantize', model, target, 'F32'], { stdio: 'ignore' });
  await rename(target, file);
  const tensors = await tensorsOf(file);
  return {
    ...tensors,
    async close() {
      await tensors.close();
      await rm(file);
    },
  };
}

/** The tensors of a file of floats. */
async function tensorsOf(file) {
  const { tensorInfos, tensorDataOffset } = await gguf(file, { allowLocalFile: true });
  const handle = await open(file);
  const byName = new Map(tensorInfos.map((tensor) => [tensor.name, tensor]));
  return {
    names: [...byName.keys()],
    async read(name) {
      const { shape, offset } = byName.get(name);
      const floats = new Float32Array(shape.reduce((product, n) => product * Number(n), 1));
      await handle.read(new Uint8Array(floats.buffer), 0, floats.byteLength, Number(tensorDataOffset + offset));
      return floats;
    },
    close: () => handle.close(),
  };
}
