/** The fields that each kind of record has beside those of all. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  generation: ['timings'],
  speed: ['timings', 'predictedSpeed', 'footprint'],
  profile: ['timings', 'condition'],
  quality: ['quality'],
  footprint: ['footprint'],
  task: ['task'],
};

/** Fields of the first format, in which every record had all of them and one KV cache type. */
const GONE: readonly string[] = ['kvCache', 'contextTokens', 'gpuLayers'];

/**
 * A record of the first format as one of today's; anything else is given back as it is. The operating point moves into
 * `shape`, and fields of other kinds, which were null there, go.
 */
export function currentRecord(record: unknown): unknown {
  if (!isObject(record) || 'shape' in record) return record;
  const fields = FIELDS[String(record['kind'])];
  if (fields === undefined) return record;
  const foreign = new Set(
    Object.values(FIELDS)
      .flat()
      .concat(GONE)
      .filter((field) => !fields.includes(field)),
  );
  const { kvCache, contextTokens, gpuLayers } = record;
  return {
    ...Object.fromEntries(fields.map((field) => [field, null])),
    ...Object.fromEntries(Object.entries(record).filter(([field]) => !foreign.has(field))),
    shape: {
      ...(kvCache == null ? {} : { keyCacheType: kvCache, valueCacheType: kvCache }),
      ...(contextTokens == null ? {} : { contextTokens }),
      ...(gpuLayers == null ? {} : { placement: { gpuLayers } }),
    },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
