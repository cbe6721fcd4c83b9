import type { ChosenVariant } from '@plimsoll/application';
import { bodyText } from '../server/json-body.js';
import type { GatewayRequest } from './gateway-context.js';
import { spliceModel } from './splice-model.js';

/** A body that names a model; older clients of Ollama write `name`. */
export interface NamedBody {
  readonly model?: string;
  readonly name?: string;
  readonly options?: unknown;
  readonly stream?: unknown;
}

/** The body where it names a model; null where it does not. */
export function namedBody(body: unknown): NamedBody | null {
  if (typeof body !== 'object' || body === null) return null;
  const { model, name }: { readonly model?: unknown; readonly name?: unknown } = body;
  return typeof (model ?? name) === 'string' && (model ?? name) !== '' ? body : null;
}

/**
 * The text as it came where nothing of it changes. Requests that differ in the context alone would have Ollama load
 * the model again: what is planned holds.
 */
export function sentBody(body: NamedBody, { variant, load }: ChosenVariant, request: GatewayRequest): string {
  const { contextTokens } = load;
  const { options } = body;
  const plans = contextTokens !== undefined && typeof options === 'object' && options !== null;
  const text = plans ? null : bodyText(request);
  if (text !== null) {
    if ((body.model ?? variant) === variant && (body.name ?? variant) === variant) return text;
    const spliced = body.name === undefined ? spliceModel(text, body.model ?? '', variant) : null;
    if (spliced !== null) return spliced;
  }
  return JSON.stringify({
    ...body,
    ...(body.name === undefined ? {} : { name: variant }),
    model: variant,
    ...(plans ? { options: { ...options, num_ctx: contextTokens } } : {}),
  });
}
