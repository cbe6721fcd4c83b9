import { InvalidInputError } from '../errors/invalid-input-error.js';
import type { NamingScheme } from '../settings/settings.js';
import {
  isQuantizationToken,
  joinPrefix,
  levelFromToken,
  libraryToken,
  splitPrefix,
  splitSuffix,
} from './level-token.js';
import type { VariantLevel } from './variant-level.js';

/** A name of the Ollama library or of a registry like it: `[host/][namespace/]model[:tag]`. */
export interface RegistryName {
  readonly kind: 'registry';
  readonly host: string | null;
  readonly namespace: string | null;
  readonly model: string;
  readonly tag: string | null;
}

/** A model repository of Hugging Face: `hf.co/org/repo[:LEVEL]`. */
export interface HuggingFaceName {
  readonly kind: 'huggingface';
  /** As written: `hf.co` or `huggingface.co`. */
  readonly host: string;
  readonly repository: string;
  /** A level in capitals, or a file name. Without one the server takes Q4_K_M. */
  readonly tag: string | null;
}

/** A parsed model name. */
export type ModelName = RegistryName | HuggingFaceName;

const PART = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}$/;
const FACE = /^(?:hf\.co|huggingface\.co)$/i;

/**
 * Reads a model name. `formatModelName` writes it back unchanged.
 * Source of the grammar: Ollama `types/model/name.go`.
 * @throws InvalidInputError for anything else
 */
export function parseModelName(name: string): ModelName {
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  const tag = colon < 0 ? null : name.slice(colon + 1);
  const parts = (colon < 0 ? name : name.slice(0, colon)).split('/');
  const [model = '', namespace = null, host = null] = parts.toReversed();
  const valid =
    parts.length <= 3 &&
    PART.test(model) &&
    (namespace === null || PART.test(namespace)) &&
    (host === null || HOST.test(host)) &&
    (tag === null || PART.test(tag));
  if (!valid) {
    throw new InvalidInputError(`"${name}" is no model name.`, {
      hint: 'A name is [host/][namespace/]model[:tag], for example llama3.1:8b-instruct or hf.co/org/repo:Q4_K_M.',
    });
  }
  if (host !== null && namespace !== null && FACE.test(host)) {
    return { kind: 'huggingface', host, repository: `${namespace}/${model}`, tag };
  }
  return { kind: 'registry', host, namespace, model, tag };
}

/** The text of a parsed name; `parseModelName` reads it back. */
export function formatModelName(name: ModelName): string {
  const path =
    name.kind === 'huggingface'
      ? `${name.host}/${name.repository}`
      : [name.host, name.namespace, name.model].filter((part) => part !== null).join('/');
  return name.tag === null ? path : `${path}:${name.tag}`;
}

/** Whether a name is routed to Ollama's cloud: `:cloud` or `-cloud` at the end. Such names are never changed. */
export function isCloudName(name: string): boolean {
  return /[:-]cloud$/i.test(name);
}

/** Whether a name says by itself how its weights are stored, in the library's scheme or the founding one. */
export function isQuantizedName(name: string): boolean {
  const parsed = parseModelName(name);
  const tag = parsed.tag ?? '';
  if (parsed.kind === 'huggingface') {
    const last = /-([^-]+)-gguf$/i.exec(parsed.repository)?.[1] ?? '';
    return levelFromToken(tag) !== null || /\.gguf$/i.test(tag) || levelFromToken(last) !== null;
  }
  return isQuantizationToken(splitSuffix(tag).token) || splitPrefix(tag) !== null;
}

/**
 * The level that a name claims, or null. A hint for a first guess only: publishers choose what a tag holds, so read
 * the model's details before relying on it.
 */
export function levelInName(name: string): VariantLevel | null {
  const parsed = parseModelName(name);
  const tag = parsed.tag ?? '';
  if (parsed.kind === 'huggingface') return levelFromToken(tag);
  return levelFromToken(splitSuffix(tag).token) ?? splitPrefix(tag)?.level ?? null;
}

/**
 * The name of `name`'s variant at `level`. Names that already say their level, and cloud names, come back unchanged:
 * nothing is transformed twice. For another level start from `baseName`.
 * - `library`: `llama3.1:8b-instruct` at Q8_0 is `llama3.1:8b-instruct-q8_0`; without a tag `llama3.1:q8_0`.
 * - `prefix`: `llama3.1:q8_8b-instruct`, the founding scheme; such names exist only where they were made.
 * - Hugging Face names take `:LEVEL` in either scheme.
 * @throws InvalidInputError when the name is none, or becomes longer than a tag may be
 */
export function variantName(name: string, level: VariantLevel, scheme: NamingScheme = 'library'): string {
  if (isCloudName(name) || isQuantizedName(name)) return name;
  const parsed = parseModelName(name);
  const base = parsed.tag === null || parsed.tag.toLowerCase() === 'latest' ? '' : parsed.tag;
  const tag = parsed.kind === 'huggingface' ? level : schemeTag(base, level, scheme);
  const result = formatModelName({ ...parsed, tag });
  parseModelName(result);
  return result;
}

const schemeTag = (base: string, level: VariantLevel, scheme: NamingScheme): string => {
  if (scheme === 'prefix') return joinPrefix(level, base);
  return base === '' ? libraryToken(level) : `${base}-${libraryToken(level)}`;
};

/** The name without its level: what `variantName` started from, but `:latest` is dropped. */
export function baseName(name: string): string {
  if (isCloudName(name) || !isQuantizedName(name)) return name;
  const parsed = parseModelName(name);
  if (parsed.tag === null) return name;
  if (parsed.kind === 'huggingface') return formatModelName({ ...parsed, tag: null });
  return formatModelName({ ...parsed, tag: baseTag(parsed.tag) });
}

const baseTag = (tag: string): string | null => {
  const { rest: base, token } = splitSuffix(tag);
  if (isQuantizationToken(token)) return base === '' ? null : base;
  const rest = splitPrefix(tag)?.rest ?? tag;
  return rest === '' ? null : rest;
};

/** Whether two names mean the same model: without case, with the default host, namespace and tag filled in. */
export function isSameModelName(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

const canonical = (name: string): string => {
  const parsed = parseModelName(name);
  if (parsed.kind === 'huggingface') return `hf.co/${parsed.repository}:${parsed.tag ?? 'Q4_K_M'}`.toLowerCase();
  const { host, namespace, model, tag } = parsed;
  return `${host ?? 'registry.ollama.ai'}/${namespace ?? 'library'}/${model}:${tag ?? 'latest'}`.toLowerCase();
};
