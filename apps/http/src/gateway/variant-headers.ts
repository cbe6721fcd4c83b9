import type { ChosenVariant } from '@plimsoll/application';

/** Which variant answers, for those who want to know. */
export const VARIANT_HEADER = 'x-plimsoll-variant';
/** The operating point that it runs at, as far as it is planned: a dictionary of RFC 9651. */
export const POINT_HEADER = 'x-plimsoll-point';

/** Both headers; what is left to the backend is not named. */
export function variantHeaders(chosen: ChosenVariant): Record<string, string> {
  const point = pointOf(chosen);
  return {
    [VARIANT_HEADER]: encodeURI(chosen.variant),
    ...(point === '' ? {} : { [POINT_HEADER]: point }),
  };
}

/** Such as `level=Q4_K_M, context=8192, cache-k=f16, cache-v=f16, gpu-layers=33`. */
function pointOf({ level, load }: ChosenVariant): string {
  const fields: readonly (readonly [string, string | number | null | undefined])[] = [
    ['level', level],
    ['context', load.contextTokens],
    ['parallel', load.parallel],
    ['cache-k', load.keyCacheType],
    ['cache-v', load.valueCacheType],
    ['flash-attention', load.flashAttention],
    ['gpu-layers', load.placement?.gpuLayers],
    ['expert-layers-on-host', load.placement?.expertLayersOnHost],
    ['threads', load.threads],
  ];
  return fields.flatMap(([key, value]) => (value == null ? [] : [`${key}=${value}`])).join(', ');
}
