/**
 * The key of `overrides` that speaks about `model`, or null. Keys are names or patterns with `*` and `?`; case does
 * not matter. An exact name wins over the name without its tag, that over patterns, and of these the longest wins.
 */
export function matchingKey(keys: readonly string[], model: string): string | null {
  const name = model.toLowerCase();
  const untagged = withoutTag(name);
  const exact = keys.find((key) => key.toLowerCase() === name);
  if (exact !== undefined) return exact;
  const base = keys.find((key) => key.toLowerCase() === untagged || withoutTag(key.toLowerCase()) === name);
  if (base !== undefined) return base;
  const patterns = keys.filter((key) => /[*?]/.test(key) && globMatches(key.toLowerCase(), name));
  return patterns.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** The key of `aliases` that `name` is, or whose pattern it matches, or null. Unlike overrides, tags have to agree. */
export function aliasKey(keys: readonly string[], name: string): string | null {
  const asked = name.toLowerCase();
  const exact = keys.find((key) => key.toLowerCase() === asked);
  return (
    exact ??
    matchingKey(
      keys.filter((key) => /[*?]/.test(key)),
      name,
    )
  );
}

/** The part before the tag's colon; the colon of a port or drive letter is none. */
function withoutTag(name: string): string {
  const slash = Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
  const colon = name.indexOf(':', slash + 1);
  return colon < 0 ? name : name.slice(0, colon);
}

/** Greedy matching with one point to go back to: linear for any pattern, unlike a regular expression. */
function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
