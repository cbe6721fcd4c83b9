import type { ChosenVariant } from '@plimsoll/application';

/** Which variant answers, for those who want to know. */
export const VARIANT_HEADER = 'x-plimsoll-variant';
/** The operating point that it runs at, as far as it is planned: a dictionary of RFC 9651. */
export const POINT_HEADER = 'x-plimsoll-point';

/** Both headers; what is left to the backend is not named. */
export function variantHeaders(chosen: ChosenVariant): Record<string, string> {
  const point = pointOf(chosen);
  const headers: Record<string, string> = { [VARIANT_HEADER]: encodeURI(chosen.variant) };
  if (point !== '') headers[POINT_HEADER] = point;
  return headers;
}

/** Such as `level=Q4_K_M, context=8192, cache-k=f16, cache-v=f16, gpu-layers=33`. */
function pointOf({ level, load }: ChosenVariant): string {
  const fields = {
    level,
    context: load.contextTokens,
    parallel: load.parallel,
    'cache-k': load.keyCacheType,
    'cache-v': load.valueCacheType,
    'flash-attention': load.flashAttention,
    'gpu-layers': load.placement?.gpuLayers,
    'expert-layers-on-host': load.placement?.expertLayersOnHost,
    threads: load.threads,
  };
  let text = '';
  for (const [key, value] of Object.entries(fields)) if (value != null) text += `${text && ', '}${key}=${value}`;
  return text;
}
