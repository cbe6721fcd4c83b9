import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEVEL_NAMES } from './level.js';
import { recipeName } from './variant-level.js';
import {
  baseName,
  formatModelName,
  isQuantizedName,
  levelInName,
  parseModelName,
  variantName,
} from './variant-name.js';

const part = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
const host = fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,12}(:[1-9][0-9]{1,3})?$/);
const path = fc.oneof(
  part,
  fc.tuple(part, part).map((parts) => parts.join('/')),
  fc.tuple(fc.oneof(host, fc.constantFrom('hf.co', 'huggingface.co')), part, part).map((parts) => parts.join('/')),
);
const name = fc.tuple(path, fc.option(part)).map(([model, tag]) => (tag === null ? model : `${model}:${tag}`));
const recipe = fc.integer({ min: 100, max: 1600 }).map((hundredths) => recipeName(hundredths / 100));
const level = fc.oneof(fc.constantFrom(...LEVEL_NAMES), recipe);
const scheme = fc.constantFrom('library' as const, 'prefix' as const);
const size = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('b', 'b-instruct', 'm-text', 'b-a3b-2507'));
const sized = fc.tuple(path, size).map(([model, [count, rest]]) => `${model}:${String(count)}${rest}`);

describe('model names', () => {
  it('are the same after parsing and formatting', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(formatModelName(parseModelName(text))).toBe(text);
      }),
    );
  });

  it('are never transformed twice', () => {
    fc.assert(
      fc.property(name, level, scheme, level, scheme, (text, first, schemeA, second, schemeB) => {
        const once = variantName(text, first, schemeA);
        expect(variantName(once, second, schemeB)).toBe(once);
      }),
    );
  });

  it('carry their level and lead back to the base', () => {
    fc.assert(
      fc.property(sized, level, scheme, (text, wanted, naming) => {
        fc.pre(!isQuantizedName(text) && !/^(?:hf|huggingface)\.co\//.test(text));
        const variant = variantName(text, wanted, naming);
        expect(levelInName(variant)).toBe(wanted);
        expect(baseName(variant)).toBe(text);
      }),
    );
  });
});
