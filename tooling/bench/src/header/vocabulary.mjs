/** A seeded generator of numbers in [0, 1). Source: Tommy Ettinger's mulberry32. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LETTERS = 'etaoinshrdlucmfwypvbgkjqxz';

/**
 * Tokens and merges shaped like a byte-level BPE vocabulary: words with and without the space marker, three to
 * twelve letters, some of them accented, each token named once; merges join two pieces by a space.
 */
export function makeVocabulary({ tokens, merges, seed = 1 }) {
  const random = seededRandom(seed);
  const names = new Set();
  while (names.size < tokens) {
    const length = 2 + Math.floor(random() ** 2 * 11);
    let word = random() < 0.5 ? 'Ġ' : '';
    for (let i = 0; i < length; i++) word += LETTERS[Math.floor(random() ** 1.5 * LETTERS.length)];
    if (random() < 0.1) word += 'Ã©';
    names.add(word);
  }
  const list = [...names];
  const pairs = [];
  for (let i = 0; i < merges; i++) {
    const word = list[Math.floor(random() * list.length)];
    const cut = 1 + Math.floor(random() * (word.length - 1));
    pairs.push(`${word.slice(0, cut)} ${word.slice(cut)}`);
  }
  return { tokens: list, merges: pairs };
}
