/** The parts of a name as Ollama reads it, with its defaults filled in. */
export interface OllamaName {
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

/** Reads `[host/][namespace/]model[:tag]`. Nothing is checked; the server has the last word. */
export function parseOllamaName(text: string): OllamaName {
  const name = text.trim().replace(/^https?:\/\//i, '');
  const slash = name.lastIndexOf('/');
  const colon = name.lastIndexOf(':');
  const tagged = colon > slash;
  const path = (tagged ? name.slice(0, colon) : name).split('/');
  const model = path.pop() ?? '';
  return {
    model,
    namespace: path.pop() ?? 'library',
    host: path.length > 0 ? path.join('/') : 'registry.ollama.ai',
    tag: tagged ? name.slice(colon + 1) : 'latest',
  };
}

/** Whether two names mean the same local model: defaults filled in, case ignored. */
export function sameOllamaName(left: string, right: string): boolean {
  return canonical(left) === canonical(right);
}

/** Whether two names differ in nothing but the tag. */
export function sameOllamaModel(left: string, right: string): boolean {
  return canonical(left).replace(/:[^:]*$/, '') === canonical(right).replace(/:[^:]*$/, '');
}

function canonical(text: string): string {
  const { host, namespace, model, tag } = parseOllamaName(text);
  return `${host}/${namespace}/${model}:${tag}`.toLowerCase();
}
