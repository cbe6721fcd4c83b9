/**
 * A row of rounds in which both sides took their turn one after the other: the round in the middle by its ratio, and the
 * others' ratios with it. What else the machine does falls on both sides of a round, but not on all rounds alike.
 */
export function pairedRow({ name, rounds, peerName, bound }) {
  const sorted = rounds.map((one) => ({ ratio: one.ours / one.peer, ...one })).sort((a, b) => a.ratio - b.ratio);
  const { ratio, ours, peer } = sorted[sorted.length >> 1];
  const ratios = sorted.map((one) => Number(one.ratio.toFixed(3)));
  return { name, ratio, ours, peer, ratios, unit: 'tokens/s', peerName, bound: `≥ ${bound}`, passed: ratio >= bound };
}
