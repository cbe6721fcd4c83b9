import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { MetadataValue, ModelHeader } from '../model/model-header.js';
import { fileRecipe, recipeMetadata, statedLevel } from './file-recipe.js';
import { presetTypes } from './preset.js';
import { quantizationName, quantizationNamed } from './quantization.js';
import {
  isRecipeName,
  levelRank,
  nominalBits,
  parseVariantLevel,
  recipeInName,
  recipeName,
  usualType,
} from './variant-level.js';

const withMetadata = (metadata: Readonly<Record<string, MetadataValue>>): ModelHeader => {
  const header = transformerHeader(SHAPES.llama31With8B);
  return { ...header, metadata: new Map([...header.metadata, ...Object.entries(metadata)]) };
};

test('a recipe is called by its bits, and read in any case', () => {
  expect(recipeName(4.4999)).toBe('mixed-4.50bpw');
  expect(parseVariantLevel(' Mixed-4.50BPW ')).toBe('mixed-4.50bpw');
  expect(parseVariantLevel('q4_k_m')).toBe('Q4_K_M');
  for (const text of ['mixed', 'mixed-4.5bpw', 'mixed-4e1bpw', 'mixed-1000.00bpw', 'mixed-4.50bpw.gguf'])
    expect(isRecipeName(text)).toBe(false);
  expect(quantizationName(quantizationNamed('mixed-4.50bpw'))).toBe('mixed-4.50bpw');
  expect(quantizationNamed('mixed-4.50bpw')).toEqual({ kind: 'recipe', id: 'mixed-4.50bpw', bitsPerWeight: 4.5 });
});

test('a recipe stands among levels by its bits', () => {
  expect([nominalBits('mixed-4.50bpw'), nominalBits('Q6_K')]).toEqual([4.5, 6.5625]);
  expect(usualType('mixed-3.30bpw')).toBe('Q3_K');
  const levels = ['Q2_K', 'mixed-4.80bpw', 'F16', 'Q8_0', 'mixed-3.00bpw', 'Q4_K_M', 'Q3_K_S'] as const;
  expect(levels.toSorted((a, b) => levelRank(a) - levelRank(b))).toEqual([
    ...['F16', 'Q8_0', 'mixed-4.80bpw', 'Q4_K_M', 'Q3_K_S', 'mixed-3.00bpw', 'Q2_K'],
  ]);
});

test.each([
  ['fable:8b-mixed-4.50bpw', 'mixed-4.50bpw'],
  ['fable:Mixed-4.50bpw_8b', 'mixed-4.50bpw'],
  ['tales/fable-mixed-4.50bpw.gguf', 'mixed-4.50bpw'],
  ['mixed-4.50bpw', null],
  ['fable-mixed-4.50bpw-v2', null],
  ['fable:unmixed-4.50bpw', null],
])('%s claims the recipe %s', (name, recipe) => {
  expect(recipeInName(name)).toBe(recipe);
});

test('a file says which recipe made it and how that fared', () => {
  const measured = { meanKld: 0.004, preset: { level: 'Q4_K_M', meanKld: 0.006 } } as const;
  const recipe = { name: 'mixed-4.50bpw', measured } as const;
  const header = withMetadata(recipeMetadata(recipe));
  expect(fileRecipe(header)).toEqual(recipe);
  expect(statedLevel(header)).toBe('mixed-4.50bpw');
  expect(fileRecipe(withMetadata(recipeMetadata({ ...recipe, measured: null })))).toEqual({
    ...recipe,
    measured: null,
  });
});

test.each([
  [{ 'plimsoll.recipe.name': 'mixed-../../x' }, null],
  [{ 'plimsoll.recipe.name': 4.5 }, null],
  [
    { 'plimsoll.recipe.name': 'mixed-4.50bpw', 'plimsoll.recipe.mean_kld': -1 },
    { name: 'mixed-4.50bpw', measured: null },
  ],
  [
    {
      'plimsoll.recipe.name': 'mixed-4.50bpw',
      'plimsoll.recipe.mean_kld': 0.1,
      'plimsoll.recipe.preset.name': 'Q99',
      'plimsoll.recipe.preset.mean_kld': 0.2,
    },
    { name: 'mixed-4.50bpw', measured: { meanKld: 0.1, preset: null } },
  ],
])('of %j no more is believed than can be', (metadata, recipe) => {
  expect(fileRecipe(withMetadata(metadata))).toEqual(recipe);
});

test('a file by a recipe is not taken for the preset that it started from', () => {
  const header = withMetadata({ 'general.file_type': 15, 'plimsoll.recipe.name': 'mixed-4.50bpw' });
  expect(presetTypes(header, 'Q4_K_M').source).toBe('rules');
});
