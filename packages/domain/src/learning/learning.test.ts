import { describe, expect, test } from 'vitest';
import { normalDeviate, seededRandom } from '../metrics/seeded-random.js';
import type { SpeedObservation } from './calibration.js';
import { learnSpeedCalibration } from './calibration.js';
import type { FootprintObservation } from './correction.js';
import { correctionBytes, learnFootprintCorrection } from './correction.js';
import type { Prediction } from '../prediction/prediction.js';

const MIB = 1024 ** 2;

describe('speed learned from measurements', () => {
  const prior: Prediction = { value: 100, source: 'prior', relativeSpread: 0.18, observations: 0 };
  const subject = { kind: 'decode', architecture: 'llama', device: 'RTX 4060', level: 'Q4_K_M' } as const;
  const seen = (measured: number, more: Partial<SpeedObservation> = {}): SpeedObservation => ({
    ...subject,
    predicted: 50,
    measured,
    foreign: false,
    ...more,
  });
  const calibrate = (observations: readonly SpeedObservation[]): Prediction =>
    learnSpeedCalibration(observations).calibrate(prior, subject);

  test('follows many runs that agree', () => {
    const learned = calibrate(Array.from({ length: 20 }, (_, index) => seen(40 + (index % 3) * 0.1)));
    expect(learned.value!).toBeGreaterThan(79);
    expect(learned.value!).toBeLessThan(82);
    expect(learned).toMatchObject({ source: 'calibrated', observations: 20 });
    expect(learned.relativeSpread!).toBeLessThan(0.05);
  });

  test('is careful after one run, and more so when it came from elsewhere', () => {
    const own = calibrate([seen(25)]).value!;
    const foreign = calibrate([seen(25, { foreign: true })]).value!;
    expect(own).toBeGreaterThan(50);
    expect(own).toBeLessThan(foreign);
    expect(foreign).toBeLessThan(100);
  });

  test('prefers the most similar runs', () => {
    const other = { level: 'F16', architecture: 'qwen2' } as const;
    const many = Array.from({ length: 30 }, () => seen(90, other));
    expect(calibrate(many).value!).toBeGreaterThan(150);
    expect(calibrate([...many, ...Array.from({ length: 5 }, () => seen(40))]).value!).toBeLessThan(90);
  });

  test('does not carry over to other devices or from prefill to decode', () => {
    expect(calibrate([seen(10, { device: 'RTX 4090' }), seen(10, { kind: 'prefill' })])).toBe(prior);
  });

  test('one stalled run among many does not matter', () => {
    const runs = Array.from({ length: 9 }, () => seen(50));
    expect(calibrate([...runs, seen(2)]).value!).toBeCloseTo(100, 0);
  });

  test('a prediction it made is within its spread two times in three', () => {
    const random = seededRandom(11);
    let within = 0;
    for (let machine = 0; machine < 400; machine += 1) {
      const truth = Math.exp(0.18 * normalDeviate(random));
      const run = (): number => 50 * truth * Math.exp(0.05 * normalDeviate(random));
      const learned = calibrate(Array.from({ length: 6 }, () => seen(run())));
      if (Math.abs((2 * run()) / learned.value! - 1) <= learned.relativeSpread!) within += 1;
    }
    expect(within / 400).toBeGreaterThan(0.55);
    expect(within / 400).toBeLessThan(0.85);
  });
});

describe('what the closed form of a footprint misses', () => {
  const seen = (
    predictedMiB: number,
    observedMiB: number,
    more: Partial<FootprintObservation> = {},
  ): FootprintObservation => ({
    architecture: 'llama',
    device: 'RTX 4060',
    predictedBytes: predictedMiB * MIB,
    observedBytes: observedMiB * MIB,
    foreign: false,
    ...more,
  });

  test("is the driver's context after a few runs", () => {
    const learned = learnFootprintCorrection(
      [seen(5000, 5310), seen(5200, 5500), seen(5100, 5420)],
      'llama',
      'RTX 4060',
    );
    expect(learned).toMatchObject({
      overheadBytes: 310 * MIB,
      factor: 1,
      observations: 3,
      basis: 'architecture and device',
    });
    expect(correctionBytes(learned, 4000 * MIB)).toBe(310 * MIB);
  });

  test('has a slope when runs of different sizes show one, outliers or not', () => {
    const runs = [1000, 2000, 4000, 6000, 8000].map((size) => seen(size, 1.02 * size + 300));
    const learned = learnFootprintCorrection([...runs, seen(3000, 4400)], 'llama', 'RTX 4060');
    expect(learned.factor).toBeCloseTo(1.02, 2);
    expect(learned.overheadBytes / MIB).toBeGreaterThan(280);
    expect(learned.overheadBytes / MIB).toBeLessThan(330);
  });

  test('is taken from other architectures on the device while there is none of this one', () => {
    const learned = learnFootprintCorrection([seen(5000, 5300)], 'gemma3', 'RTX 4060');
    expect(learned).toMatchObject({ basis: 'device', observations: 1, spreadBytes: null });
    expect(learnFootprintCorrection([seen(5000, 5300)], 'llama', 'RTX 4090').basis).toBe('none');
    expect(learnFootprintCorrection([seen(5000, 5300, { device: null })], 'llama', null).basis).toBe('none');
  });

  test('ignores readings that were of something else', () => {
    expect(learnFootprintCorrection([seen(5000, 15_000), seen(5000, 0)], 'llama', 'RTX 4060').observations).toBe(0);
  });

  test('answers of the engine do not water down the overhead that resident models showed', () => {
    const answers = [4000, 5000, 6000].map((bytes) => seen(bytes, bytes + 10, { byEngine: true }));
    const runs = [seen(5000, 5300), seen(5000, 5300)];
    expect(learnFootprintCorrection([...answers, ...runs], 'llama', 'RTX 4060')).toMatchObject({
      overheadBytes: 300 * MIB,
      observations: 2,
      basis: 'architecture and device',
    });
  });

  test('of an architecture that was never resident the engine tells the formula, other architectures the overhead', () => {
    const answers = [seen(5000, 5010, { byEngine: true, architecture: 'gemma3' })];
    expect(learnFootprintCorrection(answers, 'gemma3', 'RTX 4060')).toMatchObject({
      overheadBytes: 10 * MIB,
      basis: 'engine',
    });
    expect(learnFootprintCorrection([...answers, seen(5000, 5300)], 'gemma3', 'RTX 4060')).toMatchObject({
      overheadBytes: 310 * MIB,
      basis: 'device',
    });
    expect(learnFootprintCorrection(answers, 'llama', 'RTX 4060').basis).toBe('none');
  });
});
