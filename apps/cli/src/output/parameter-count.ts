/** `8.03B`, `5.82M`: a number of weights as models are called. */
export function parameterCount(parameters: number): string {
  const unit = UNITS.find(([size]) => parameters >= size);
  return unit === undefined ? String(parameters) : `${(parameters / unit[0]).toPrecision(3)}${unit[1]}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
];
