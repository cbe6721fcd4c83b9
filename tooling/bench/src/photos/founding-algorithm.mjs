/**
 * The founding selector's technical score as it was described, on every pixel: variance of the Laplacian, mean and
 * clipping, density of edges at the thirds and balance of the halves.
 */
export function foundingScores(grey, width, height) {
  let [sum, squares, pixels] = [0, 0, 0];
  let [total, dark, bright] = [0, 0, 0];
  let [edges, thirds, left] = [0, 0, 0];
  const nearThird = (place) => Math.abs(place - 1 / 3) < 0.05 || Math.abs(place - 2 / 3) < 0.05;
  for (let y = 1; y < height - 1; y += 1) {
    const row = nearThird(y / height);
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const value = grey[at];
      const laplacian = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * value;
      sum += laplacian;
      squares += laplacian * laplacian;
      pixels += 1;
      total += value;
      if (value <= 5) dark += 1;
      if (value >= 250) bright += 1;
      if (Math.abs(grey[at + 1] - grey[at - 1]) + Math.abs(grey[at + width] - grey[at - width]) > 100) {
        edges += 1;
        if (row || nearThird(x / width)) thirds += 1;
        if (x < width / 2) left += 1;
      }
    }
  }
  const sharpness = squares / pixels - (sum / pixels) ** 2;
  const focus =
    sharpness < 100
      ? sharpness / 50
      : sharpness < 500
        ? 2 + (sharpness - 100) / 200
        : Math.min(5, 4 + (sharpness - 500) / 500);
  const mean = total / pixels;
  const clipped = (dark + bright) / pixels;
  const exposure = 5 - (mean < 80 || mean > 170 ? 2 : mean < 90 || mean > 160 ? 1 : 0) - (clipped > 0.05 ? 1 : 0);
  const balance = edges === 0 ? 1 : 1 - Math.abs(1 - (2 * left) / edges);
  const composition = 5 * (0.7 * (edges === 0 ? 0 : thirds / edges) + 0.3 * balance);
  return 0.35 * focus + 0.35 * exposure + 0.3 * composition;
}
