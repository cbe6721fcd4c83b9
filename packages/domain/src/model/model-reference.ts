/** Where a user pointed: the parsed form of `<model>` on the command line. */
export type ModelReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'huggingface'; readonly repository: string; readonly tag: string | null }
  | { readonly kind: 'ollama-library'; readonly name: string }
  | { readonly kind: 'name'; readonly name: string };

/**
 * Reads a `<model>` argument: a path to a GGUF file, an `https://` URL, `hf.co/org/repo[:LEVEL]`,
 * `ollama:name` for the public library, or else a name that the backend knows.
 */
export function parseModelReference(text: string): ModelReference {
  const trimmed = text.trim();
  if (
    /^https?:\/\/(?:hf\.co|huggingface\.co)\/[^/]+\/[^/]+\/?$/i.test(trimmed) ||
    /^(?:hf\.co|huggingface\.co)\//i.test(trimmed)
  ) {
    const rest = trimmed.replace(/^(?:https?:\/\/)?[^/]+\//, '').replace(/\/$/, '');
    const colon = rest.indexOf(':');
    return colon < 0
      ? { kind: 'huggingface', repository: rest, tag: null }
      : { kind: 'huggingface', repository: rest.slice(0, colon), tag: rest.slice(colon + 1) };
  }
  if (/^https?:\/\//i.test(trimmed)) return { kind: 'url', url: trimmed };
  if (/^ollama:/i.test(trimmed)) return { kind: 'ollama-library', name: trimmed.slice('ollama:'.length) };
  if (/\.gguf$/i.test(trimmed) || /^(?:\.{0,2}[\\/]|~[\\/]|[A-Za-z]:[\\/]|\.{1,2}$)/.test(trimmed)) {
    return { kind: 'file', path: trimmed };
  }
  return { kind: 'name', name: trimmed };
}

/** The text form of a reference; `parseModelReference` reads it back. */
export function formatModelReference(reference: ModelReference): string {
  switch (reference.kind) {
    case 'file':
      return reference.path;
    case 'url':
      return reference.url;
    case 'huggingface':
      return `hf.co/${reference.repository}${reference.tag === null ? '' : `:${reference.tag}`}`;
    case 'ollama-library':
      return `ollama:${reference.name}`;
    case 'name':
      return reference.name;
  }
}
