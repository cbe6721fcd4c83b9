import type { ModelArchitecture } from '../../model/architecture.js';
import { metadataNumbers } from '../../model/model-header.js';
import type { ModelHeader } from '../../model/model-header.js';

type Rule = (architecture: ModelArchitecture, header: ModelHeader, index: number) => boolean;

/** Granite uses the key for another thing as a switch. */
const bySwitch: Rule = ({ name }, { metadata }) => metadata.get(`${name}.rope.scaling.finetuned`) !== false;

/** Where some layers have a sliding window, those without rotate nothing. */
const inWindows: Rule = ({ layerShapes }, _, index) =>
  layerShapes[index]?.window !== null || layerShapes.every(({ window }) => window === null);

/** Where none has a window, Llama 4 rotates in all layers. */
const threeOfFour: Rule = ({ name, layerShapes }, _, index) =>
  (index + 1) % 4 !== 0 || (name === 'llama4' && layerShapes.every(({ window }) => window === null));

/** Source: llama.cpp v0.5.0 `src/models/`, the file of each name; all others rotate in every layer. */
const RULES: Readonly<Record<string, Rule>> = {
  cohere2: inWindows,
  'exaone-moe': inWindows,
  exaone4: inWindows,
  granite: bySwitch,
  granitehybrid: bySwitch,
  granitemoe: bySwitch,
  llama4: threeOfFour,
  smollm3: threeOfFour,
};

/** Whether queries and keys of a layer are rotated by position. */
export function rotates(architecture: ModelArchitecture, header: ModelHeader, index: number): boolean {
  const rule = Object.hasOwn(RULES, architecture.name) ? RULES[architecture.name] : undefined;
  return rule?.(architecture, header, index) ?? true;
}

/** Models of pictures, whose tokens have a place in time, height and width; GLM's have where their file says so. */
const IN_SPACE: ReadonlySet<string> = new Set(['qwen2vl', 'qwen3vl', 'qwen3vlmoe']);
const PERHAPS_IN_SPACE: ReadonlySet<string> = new Set(['glm4', 'glm4moe']);

/** Numbers that say where a token is. Source: llama.cpp v0.5.0 `src/llama-model.cpp`, `llama_model_rope_type`. */
export function positionsPerToken({ name }: ModelArchitecture, header: ModelHeader): number {
  const [first = 0, second = 0] = metadataNumbers(header, `${name}.rope.dimension_sections`) ?? [];
  return IN_SPACE.has(name) || (PERHAPS_IN_SPACE.has(name) && first > 0 && second > 0) ? 4 : 1;
}
