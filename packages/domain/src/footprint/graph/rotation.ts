import type { ModelArchitecture } from '../../model/architecture.js';
import type { ModelHeader } from '../../model/model-header.js';

type Rule = (architecture: ModelArchitecture, header: ModelHeader, index: number) => boolean;

/** Granite uses the key for another thing as a switch. */
const bySwitch: Rule = ({ name }, { metadata }) => metadata.get(`${name}.rope.scaling.finetuned`) !== false;

/** Source: llama.cpp v0.5.0 `src/models/`, the file of each name; all others rotate in every layer. */
const RULES: Readonly<Record<string, Rule>> = {
  granite: bySwitch,
  granitehybrid: bySwitch,
  granitemoe: bySwitch,
  smollm3: (_, __, index) => (index + 1) % 4 !== 0,
};

/** Whether queries and keys of a layer are rotated by position. */
export function rotates(architecture: ModelArchitecture, header: ModelHeader, index: number): boolean {
  const rule = Object.hasOwn(RULES, architecture.name) ? RULES[architecture.name] : undefined;
  return rule?.(architecture, header, index) ?? true;
}
