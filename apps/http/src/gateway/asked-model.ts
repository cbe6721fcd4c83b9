import { InvalidInputError, aliasKey, parseVariantLevel } from '@plimsoll/domain';
import type { ModelRuntime, Settings, VariantLevel } from '@plimsoll/domain';
import type { IncomingHttpHeaders } from 'node:http';
import { catalogueName } from './catalogue-name.js';
import type { GatewayContext } from './gateway-context.js';

/** The header by which a client chooses a level, whatever the settings say. */
export const LEVEL_HEADER = 'x-plimsoll-level';

/** What begins like a level; a mistyped one is better refused than looked for as a name. */
const LEVEL_LIKE = /^(?:I?Q|TQ|BF|F|MXFP)\d+(?:_\w+)*$|^mixed-[\d.]+(?:bpw)?$/i;

const LATEST = /:latest$/i;

/** A model as a client asked for it. */
export interface AskedModel {
  /** As it is echoed. */
  readonly name: string;
  /** As it is looked up: without a level behind `@`. */
  readonly model: string;
  /** A level that wins over the settings. */
  readonly level?: VariantLevel | undefined;
}

/**
 * `llama3.1:8b@Q8_0`, or the name alone and the header `x-plimsoll-level: Q8_0`; the name wins. Some servers have such
 * names themselves: a whole name that the backend knows is left whole, and so is one with anything else behind `@`.
 * A name of the settings' aliases is what it stands for.
 * @throws InvalidInputError
 */
export async function askedModel(
  { services }: Pick<GatewayContext, 'services'>,
  asked: string,
  headers: IncomingHttpHeaders,
  runtime: Pick<ModelRuntime, 'find' | 'id'>,
): Promise<AskedModel> {
  // An alias of all names is none of no name.
  if (asked.trim() === '') throw new InvalidInputError('model is required');
  return readModel((await services.settings.load()).settings, asked, headers[LEVEL_HEADER], runtime);
}

/** At once where the backend needs not be asked. */
function readModel(
  { modelAliases }: Pick<Settings, 'modelAliases'>,
  asked: string,
  header: string | readonly string[] | undefined,
  runtime: Pick<ModelRuntime, 'find' | 'id'>,
): AskedModel | Promise<AskedModel> {
  const alias = aliasKey(Object.keys(modelAliases), asked.replace(LATEST, ''));
  const name = alias === null ? asked : (modelAliases[alias] ?? asked);
  if (LEVEL_LIKE.test(name.slice(name.lastIndexOf('@') + 1)) && name.lastIndexOf('@') > 0) {
    return withLevel(name, asked, header, runtime);
  }
  const level = header === undefined ? {} : { level: levelOf(header) };
  const model = untagged(catalogueName(name), runtime);
  return typeof model === 'string'
    ? { name: asked, model, ...level }
    : model.then((found) => ({ name: asked, model: found, ...level }));
}

/** A name with a level behind `@`, unless the backend has a model of the whole name. */
async function withLevel(
  name: string,
  asked: string,
  header: string | readonly string[] | undefined,
  runtime: Pick<ModelRuntime, 'find' | 'id'>,
): Promise<AskedModel> {
  if ((await runtime.find(catalogueName(name))) === null) {
    const at = name.lastIndexOf('@');
    return {
      name: asked,
      model: await untagged(catalogueName(name.slice(0, at)), runtime),
      level: levelOf(name.slice(at + 1)),
    };
  }
  const level = header === undefined ? {} : { level: levelOf(header) };
  return { name: asked, model: await untagged(catalogueName(name), runtime), ...level };
}

/** Clients of Ollama's add `:latest` to a name without a tag, as the models of other backends have it. */
function untagged(model: string, runtime: Pick<ModelRuntime, 'find' | 'id'>): string | Promise<string> {
  if (!LATEST.test(model) || runtime.id === 'ollama') return model;
  return runtime.find(model).then((found) => (found === null ? model.replace(LATEST, '') : model));
}

function levelOf(text: string | readonly string[]): VariantLevel {
  const level = typeof text === 'string' ? parseVariantLevel(text) : null;
  if (level !== null) return level;
  throw new InvalidInputError(`"${String(text)}" is not a quantization level.`, {
    hint: 'Ask for one such as Q8_0 or Q4_K_M, or for the model alone.',
  });
}
