import type { CreateRequest, ShowAnswer } from '@plimsoll/protocol/ollama';
import { modelParts, type Blob } from './model-parts.js';
import { parseModelfile, valuesOf } from './modelfile.js';
import { parseParameters } from './parameters.js';

/** What a model without a template of its own is given. */
const DEFAULT_TEMPLATE = '{{ .Prompt }}';

/**
 * What a variant made from new weights takes over from its source, as `create` wants it: template, system message,
 * parameters, license, messages, renderer and parser, and the projectors, adapters and drafts by their digests, which
 * the server holds already. `files` are those of the new weights.
 */
export function inheritedFields(shown: ShowAnswer, files: Readonly<Record<string, string>>): CreateRequest {
  const commands = parseModelfile(shown.modelfile ?? '');
  const last = (name: string): string | undefined => valuesOf(commands, name).at(-1);
  const { projectors, adapters, drafts } = modelParts(shown);
  const license = valuesOf(commands, 'LICENSE');
  // `template` of the answer may be the Jinja template inside the weights, which goes over with them.
  const template = last('TEMPLATE');
  const parameters = parseParameters(shown.parameters ?? '');
  const messages = (shown.messages ?? []).map(({ role, content }) => ({ role, content: content ?? '' }));
  const fields: CreateRequest = {
    template: template === DEFAULT_TEMPLATE ? undefined : template,
    system: last('SYSTEM'),
    renderer: last('RENDERER'),
    parser: last('PARSER'),
    requires: last('REQUIRES'),
    license: license.length === 0 ? undefined : [...license],
    parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
    messages: messages.length === 0 ? undefined : messages,
    adapters: named('adapter', adapters),
    draft_files: named('draft', drafts),
    files: { ...files, ...named('projector', projectors) },
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function named(kind: string, blobs: readonly Blob[]): Record<string, string> | undefined {
  if (blobs.length === 0) return undefined;
  return Object.fromEntries(blobs.map(({ digest }, index) => [`${kind}-${index + 1}.gguf`, digest]));
}
