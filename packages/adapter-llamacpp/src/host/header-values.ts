import koffi from 'koffi';
import { keepAlive } from '../native/keep-alive.js';

/** A key that the quantizer adds to the header. */
export interface HeaderValue {
  readonly key: string;
  readonly kind: 'integer' | 'float' | 'text';
  readonly value: string | number;
}

/** `struct llama_model_kv_override` of llama.cpp v0.5.0. */
const OVERRIDE = { tag: 0, key: 4, value: 136, size: 264, tags: { integer: 0, float: 1, text: 3 } } as const;
const TEXT_BYTES = 127;

/** Metadata as keys of a header: every number as a float. */
export function headerValues(metadata: Readonly<Record<string, string | number>>): readonly HeaderValue[] {
  return Object.entries(metadata).map(([key, value]) =>
    typeof value === 'number' ? { key, kind: 'float', value } : { key, kind: 'text', value: cutText(value) },
  );
}

/** As much of a text as fits into the engine's fixed field, ending between characters. */
export function cutText(text: string): string {
  let bytes = Buffer.from(text, 'utf8').subarray(0, TEXT_BYTES);
  while (bytes.length > 0 && Buffer.byteLength(bytes.toString('utf8')) !== bytes.length) bytes = bytes.subarray(0, -1);
  return bytes.toString('utf8');
}

/** The keys as the C array that the quantizer reads, ended by an empty key; null for none. */
export function nativeValues(values: readonly HeaderValue[]): {
  readonly address: bigint | null;
  readonly keep: () => unknown;
} {
  if (values.length === 0) return { address: null, keep: () => undefined };
  const table = Buffer.from(new ArrayBuffer((values.length + 1) * OVERRIDE.size));
  values.forEach(({ key, kind, value }, i) => {
    const at = i * OVERRIDE.size;
    table.write(key, at + OVERRIDE.key);
    table.writeInt32LE(OVERRIDE.tags[kind], at + OVERRIDE.tag);
    if (kind === 'text') table.write(String(value), at + OVERRIDE.value);
    else if (kind === 'float') table.writeDoubleLE(Number(value), at + OVERRIDE.value);
    else table.writeBigInt64LE(BigInt(value), at + OVERRIDE.value);
  });
  return { address: koffi.address(table), keep: () => keepAlive(table) };
}
