import { DEFAULT_SERVICE_LIMITS } from '@plimsoll/domain';

/** The least that the gateway needs: a backend with one model that speaks all dialects at `address`. */
export function relayServices(address) {
  const chosen = { variant: 'tale', level: null, digest: null, made: null, load: {}, reason: 'only-variant' };
  const settings = { settings: { accessTokens: [], limits: DEFAULT_SERVICE_LIMITS, modelAliases: {} } };
  const lease = {
    runtime: { id: 'openai', find: async () => null, apis: { address, dialects: ['ollama', 'openai', 'anthropic'] } },
    places: { place: async () => ({ chosen, release: () => undefined }) },
    generation: { record: async () => undefined, warnOfFallback: () => undefined },
    release: () => undefined,
  };
  return {
    backend: async () => lease,
    events: { subscribe: () => undefined },
    settings: { load: async () => settings },
    close: async () => undefined,
  };
}
