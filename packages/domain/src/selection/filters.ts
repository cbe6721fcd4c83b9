/** A plane of numbers, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** The slope of a plane to the right and downwards, per pixel; 0 at the border. */
export interface Slopes {
  readonly width: number;
  readonly height: number;
  readonly dx: Float32Array;
  readonly dy: Float32Array;
}

/** Central differences of the plane after smoothing by a Gaussian of `sigma` pixels. */
export function slopesAt(plane: Plane, sigma: number): Slopes {
  return gradient(gaussianBlur(plane, sigma));
}

/**
 * Mean of dx² + dy² that white noise of standard deviation 1 has in `slopesAt(…, sigma)`: the sum of the squared
 * weights of the filters, since the variances of independent pixels add.
 */
export function noiseSlopeEnergy(sigma: number): number {
  const kernel = gaussianKernel(sigma);
  const padded = [0, 0, ...kernel, 0, 0];
  const along = padded.reduce((sum, _, tap) => sum + (((padded[tap + 1] ?? 0) - (padded[tap - 1] ?? 0)) / 2) ** 2, 0);
  const across = kernel.reduce((sum, weight) => sum + weight ** 2, 0);
  return 2 * along * across;
}

function gaussianBlur(plane: Plane, sigma: number): Plane {
  const kernel = gaussianKernel(sigma);
  return transposedConvolution(transposedConvolution(plane, kernel), kernel);
}

function gaussianKernel(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/** Convolves the rows, edges continued, and swaps rows and columns, so that twice is both directions. */
function transposedConvolution({ width, height, values }: Plane, kernel: Float32Array): Plane {
  const radius = kernel.length >> 1;
  const out = new Float32Array(width * height);
  const row = new Float32Array(width + 2 * radius);
  for (let y = 0; y < height; y += 1) {
    const start = y * width;
    row.fill(values[start] ?? 0, 0, radius);
    row.set(values.subarray(start, start + width), radius);
    row.fill(values[start + width - 1] ?? 0, radius + width);
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let tap = 0; tap < kernel.length; tap += 1) sum += (row[x + tap] ?? 0) * (kernel[tap] ?? 0);
      out[x * height + y] = sum;
    }
  }
  return { width: height, height: width, values: out };
}

function gradient({ width, height, values }: Plane): Slopes {
  const dx = new Float32Array(width * height);
  const dy = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      dx[at] = ((values[at + 1] ?? 0) - (values[at - 1] ?? 0)) / 2;
      dy[at] = ((values[at + width] ?? 0) - (values[at - width] ?? 0)) / 2;
    }
  }
  return { width, height, dx, dy };
}
