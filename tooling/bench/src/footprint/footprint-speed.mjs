/** How fast footprints are computed. Grids of shapes that are all different, so that nothing is remembered. */
const PER_SECOND = 100_000;
const GRID_POINTS = 2000;
const GRID_MS = 50;

/** Footprints per second over a grid of shapes that are all different, and the time of one grid. */
export function speedRows(model) {
  const levels = ['F16', 'Q8_0', 'Q4_K_M'];
  for (const level of levels) model.footprint(level, gridShape(0));
  const run = (count, offset) => {
    const started = performance.now();
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += model.footprint(levels[i % 3], gridShape(i + offset)).totalBytes;
    if (!Number.isFinite(bytes)) throw new Error('a footprint is no number');
    return performance.now() - started;
  };
  const [, , , grid] = Array.from({ length: 7 }, (_, round) => run(GRID_POINTS, round)).toSorted((a, b) => a - b);
  const count = 200_000;
  const perSecond = (count * 1000) / run(count, 2);
  const row = { peer: null, peerName: null };
  return [
    {
      ...row,
      name: 'footprints per second, one core',
      ratio: perSecond / PER_SECOND,
      ours: Math.round(perSecond),
      unit: '1/s',
      bound: `≥ ${PER_SECOND}`,
      passed: perSecond >= PER_SECOND,
    },
    {
      ...row,
      name: `footprints of ${GRID_POINTS} operating points, median of 7 grids`,
      ratio: GRID_MS / grid,
      ours: grid,
      unit: 'ms',
      bound: `≤ ${GRID_MS}`,
      passed: grid <= GRID_MS,
    },
  ];
}

function gridShape(index) {
  return {
    contextTokens: 256 * (1 + (index % 512)),
    parallel: 1 + (index % 4),
    microBatchTokens: 512,
    keyCacheType: index % 2 === 0 ? 'f16' : 'q8_0',
    valueCacheType: 'f16',
    flashAttention: index % 5 === 0 ? 'off' : 'on',
    placement: { gpuLayers: index % 34, split: [1], expertLayersOnHost: 0 },
  };
}
