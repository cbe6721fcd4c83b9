import { CapabilityMissingError, type GenerateRequest, type LoadOptions } from '@plimsoll/domain';
import type { Options } from 'ollama';

/**
 * The options of `request` that take effect while a model is loaded. A change of one reloads the model.
 *
 * @throws CapabilityMissingError for a KV cache type other than the server's, which is set for the whole server, and for
 * adapters, which are part of a model there.
 */
export function loadFields(load: LoadOptions | undefined): Partial<Options> {
  const { contextTokens, keyCacheType, valueCacheType, placement, batchTokens, threads, adapters = [] } = load ?? {};
  const gpuLayers = placement?.gpuLayers;
  for (const kvCacheType of [keyCacheType, valueCacheType]) {
    if (kvCacheType === undefined || kvCacheType === 'f16') continue;
    throw new CapabilityMissingError(`Ollama cannot choose the KV cache type ${kvCacheType} for one model.`, {
      hint: `Set OLLAMA_KV_CACHE_TYPE=${kvCacheType} and OLLAMA_FLASH_ATTENTION=1 for the server and start it again.`,
    });
  }
  if (adapters.length > 0) {
    throw new CapabilityMissingError('Ollama applies no adapter to a model that was made without it.', {
      hint: 'Make a model with it: ADAPTER in a Modelfile, then ollama create.',
    });
  }
  return {
    ...(contextTokens === undefined ? {} : { num_ctx: contextTokens }),
    ...(gpuLayers === undefined ? {} : { num_gpu: gpuLayers }),
    ...(batchTokens === undefined ? {} : { num_batch: batchTokens }),
    ...(threads === undefined ? {} : { num_thread: threads }),
  };
}

/** The options of a generation, sampling and loading. What is absent stays the server's choice. */
export function optionFields(request: GenerateRequest): Partial<Options> {
  const { temperature, topP, topK, seed, maxTokens, stop } = request;
  return {
    ...loadFields(request.load),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
    ...(stop === undefined ? {} : { stop: [...stop] }),
  };
}
