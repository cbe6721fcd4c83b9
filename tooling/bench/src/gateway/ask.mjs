/** What is asked again and again. */
export const BODY = { model: 'tale', messages: [{ role: 'user', content: 'Once upon a time' }] };

/** Milliseconds to the first byte of an answer that is then read to its end. */
export async function ask(pool) {
  const startMs = performance.now();
  const answer = await pool.request({
    ...{ path: '/v1/chat/completions', method: 'POST', body: JSON.stringify(BODY) },
    headers: { 'content-type': 'application/json' },
  });
  const ms = performance.now() - startMs;
  if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${await answer.body.text()}`);
  await answer.body.dump();
  return ms;
}

/** The value that so large a share of all does not exceed. */
export function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

/** In another order each time: what ran before leaves the caches of the processor cold or warm. */
export function shuffled(items) {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
