/** What is known of a kind of server. */
export interface ServerKind {
  readonly name: string;
  /** Own route that tells more, with the fields of version and model file; null when there is none. */
  readonly about: { readonly path: string; readonly versionField: string; readonly pathField: string | null } | null;
  /** Whether every listed model is loaded: the server was started for it. */
  readonly listsLoadedModels: boolean;
  /** Whether llama.cpp's own request fields are understood. */
  readonly llamaFields: boolean;
}

const GENERIC: ServerKind = {
  name: 'OpenAI-compatible server',
  about: null,
  listsLoadedModels: false,
  llamaFields: false,
};

/** By the `owned_by` of the models they list. */
const KINDS: Readonly<Record<string, ServerKind>> = {
  llamacpp: {
    name: 'llama-server',
    about: { path: '/props', versionField: 'build_info', pathField: 'model_path' },
    listsLoadedModels: true,
    llamaFields: true,
  },
  vllm: {
    name: 'vLLM',
    about: { path: '/version', versionField: 'version', pathField: null },
    listsLoadedModels: true,
    llamaFields: false,
  },
  organization_owner: { ...GENERIC, name: 'LM Studio' },
};

/** Recognises a server by the `owned_by` of its first model; anything else is a generic one. */
export function serverKind(ownedBy: string | null): ServerKind {
  return KINDS[ownedBy ?? ''] ?? GENERIC;
}
