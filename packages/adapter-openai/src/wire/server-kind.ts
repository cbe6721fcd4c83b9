/** What is known of a kind of server. */
export interface ServerKind {
  readonly name: string;
  /** Own route that tells the version, and the field with it; null when there is none. */
  readonly version: { readonly path: string; readonly field: string } | null;
  /** Whether every listed model is loaded: the server was started for it. */
  readonly listsLoadedModels: boolean;
  /** Whether llama.cpp's own request fields are understood. */
  readonly llamaFields: boolean;
}

const GENERIC: ServerKind = {
  name: 'OpenAI-compatible server',
  version: null,
  listsLoadedModels: false,
  llamaFields: false,
};

/** By the `owned_by` of the models they list. */
const KINDS: Readonly<Record<string, ServerKind>> = {
  llamacpp: {
    name: 'llama-server',
    version: { path: '/props', field: 'build_info' },
    listsLoadedModels: true,
    llamaFields: true,
  },
  vllm: {
    name: 'vLLM',
    version: { path: '/version', field: 'version' },
    listsLoadedModels: true,
    llamaFields: false,
  },
  organization_owner: { ...GENERIC, name: 'LM Studio' },
};

/** Recognises a server by the `owned_by` of its first model; anything else is a generic one. */
export function serverKind(ownedBy: string | null): ServerKind {
  return KINDS[ownedBy ?? ''] ?? GENERIC;
}
