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

/** What a point consists of, by the name that it has in the header. */
const FIELDS: readonly (readonly [string, (chosen: ChosenVariant) => string | number | boolean | null | undefined])[] =
  [
    ['level', ({ level }) => level],
    ['context', ({ load }) => load.contextTokens],
    ['parallel', ({ load }) => load.parallel],
    ['cache-k', ({ load }) => load.keyCacheType],
    ['cache-v', ({ load }) => load.valueCacheType],
    ['flash-attention', ({ load }) => load.flashAttention],
    ['gpu-layers', ({ load }) => load.placement?.gpuLayers],
    ['expert-layers-on-host', ({ load }) => load.placement?.expertLayersOnHost],
    ['threads', ({ load }) => load.threads],
  ];

/** Such as `level=Q4_K_M, context=8192, cache-k=f16, cache-v=f16, gpu-layers=33`. */
function pointOf(chosen: ChosenVariant): string {
  let text = '';
  for (const [key, of] of FIELDS) {
    const value = of(chosen);
    if (value != null) text += `${text && ', '}${key}=${value}`;
  }
  return text;
}
