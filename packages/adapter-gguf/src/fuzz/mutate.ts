import type { SeededRandom } from './seeded-random.js';

/** Numbers that break parsers: edges of every width, signs, sizes near overflow. */
const NASTY: readonly bigint[] = [
  0n,
  1n,
  7n,
  8n,
  255n,
  1023n,
  1025n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  2n ** 40n,
  2n ** 53n - 1n,
  2n ** 53n + 1n,
  2n ** 61n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

type Mutation = (bytes: Uint8Array<ArrayBuffer>, random: SeededRandom) => Uint8Array<ArrayBuffer>;

const at = (bytes: Uint8Array, size: number, random: SeededRandom): number =>
  random.below(Math.max(1, bytes.length - size + 1));

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    for (let left = 1 + random.below(8); left > 0; left--) {
      const place = random.below(bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  function lieIn64Bits(bytes, random) {
    if (bytes.length < 8) return bytes;
    const value = NASTY[random.below(NASTY.length)] ?? 0n;
    new DataView(bytes.buffer).setBigUint64(at(bytes, 8, random), value, true);
    return bytes;
  },
  function lieAboutCounts(bytes, random) {
    if (bytes.length < 24) return bytes;
    const value = random.below(2) === 0 ? (NASTY[random.below(NASTY.length)] ?? 0n) : BigInt(random.below(2000));
    new DataView(bytes.buffer).setBigUint64(random.below(2) === 0 ? 8 : 16, value, true);
    return bytes;
  },
  function changeTypes(bytes, random) {
    if (bytes.length < 4) return bytes;
    new DataView(bytes.buffer).setUint32(at(bytes, 4, random), random.below(48), true);
    return bytes;
  },
  function nudgeLength(bytes, random) {
    if (bytes.length < 4) return bytes;
    const view = new DataView(bytes.buffer);
    const place = at(bytes, 4, random);
    view.setUint32(place, view.getUint32(place, true) + random.below(33) - 16, true);
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length));
  },
  function cutOut(bytes, random) {
    const from = random.below(bytes.length);
    const kept = new Uint8Array(bytes);
    const count = Math.min(1 + random.below(64), bytes.length - from);
    kept.copyWithin(from, from + count);
    return kept.slice(0, bytes.length - count);
  },
  function repeat(bytes, random) {
    const from = random.below(bytes.length);
    const piece = bytes.slice(from, from + 1 + random.below(256));
    const longer = new Uint8Array(bytes.length + piece.length);
    longer.set(bytes.subarray(0, from));
    longer.set(piece, from);
    longer.set(bytes.subarray(from), from + piece.length);
    return longer;
  },
  function fill(bytes, random) {
    const from = random.below(bytes.length);
    return bytes.fill([0, 0xff, 0x7f, 9][random.below(4)] ?? 0, from, from + 1 + random.below(32));
  },
];

/** A copy of `original`, damaged in one to four ways. */
export function mutate(original: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(original);
  for (let left = 1 + random.below(4); left > 0 && bytes.length > 0; left--) {
    const mutation = MUTATIONS[random.below(MUTATIONS.length)];
    if (mutation !== undefined) bytes = mutation(bytes, random);
  }
  return bytes;
}
