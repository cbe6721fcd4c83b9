import { describe, expect, test } from 'vitest';
import { normalDeviate, seededRandom } from '../metrics/seeded-random.js';
import type { PhotoExif, PhotoPixels } from '../ports/photo-reader.port.js';
import { findBursts } from './bursts.js';
import type { BurstMember } from './bursts.js';
import { contextHints } from './context-hints.js';
import { judge } from './judgement.js';
import type { Evidence } from './judgement.js';
import { levelAgreement } from './level-agreement.js';
import type { JudgedPair } from './level-agreement.js';
import { hashDistance, perceptualHash } from './perceptual-hash.js';
import { SELECTION_PRESETS } from './preset.js';
import { expectedRating } from './rating-words.js';
import { measureTechnically, scoreTechnically } from './technical-scores.js';

const picture = (width: number, height: number, greyAt: (x: number, y: number) => number): PhotoPixels => ({
  width,
  height,
  grey: Uint8Array.from({ length: width * height }, (_, at) =>
    Math.max(0, Math.min(255, Math.round(greyAt(at % width, Math.floor(at / width))))),
  ),
});

/** Random rectangles: edges of every contrast, as in a photo of things. */
function things(seed: number, noise = 0): PhotoPixels {
  const random = seededRandom(seed);
  const boxes = Array.from({ length: 300 }, () => ({
    ...{ left: random() * 400, top: random() * 300, size: 4 + random() * 40, grey: 30 + random() * 190 },
  }));
  const canvas = new Float64Array(400 * 300).fill(120);
  for (const { left, top, size, grey } of boxes) {
    for (let y = Math.floor(top); y < Math.min(300, top + size); y += 1) {
      for (let x = Math.floor(left); x < Math.min(400, left + size); x += 1) canvas[y * 400 + x] = grey;
    }
  }
  return picture(400, 300, (x, y) => (canvas[y * 400 + x] ?? 0) + noise * normalDeviate(random));
}

describe('technical scores', () => {
  test('a frame without structure has no focus score, and is left to a person', () => {
    const fog = picture(400, 300, (x) => 150 + x / 100);
    const metrics = measureTechnically(fog);
    const scores = scoreTechnically(metrics);
    expect(scores.focus).toBeNull();
    const { recommendation, reasons } = judge(
      { metrics, scores, exif: { iso: null }, modelScore: null },
      SELECTION_PRESETS.general,
    );
    expect(recommendation).toBe('review');
    expect(reasons).toContainEqual({ kind: 'focus-unknown' });
  });

  test('pure noise is not detail', () => {
    const random = seededRandom(1);
    const { focus } = measureTechnically(picture(400, 300, () => 128 + 20 * normalDeviate(random)));
    expect(focus === null || focus.judgedShare < 0.1).toBe(true);
  });

  test.each([5, 10, 20])('noise of %i grey values is measured within a fifth, and does not sharpen', (sigma) => {
    const clean = measureTechnically(things(3));
    const noisy = measureTechnically(things(3, sigma));
    expect(noisy.noiseSigma).toBeGreaterThan(0.8 * sigma);
    expect(noisy.noiseSigma).toBeLessThan(1.2 * sigma);
    expect(scoreTechnically(noisy).noise).toBeLessThan(scoreTechnically(clean).noise!);
    expect(Math.abs(noisy.focus!.blurSigma - clean.focus!.blurSigma)).toBeLessThan(0.5);
  });

  test('a leaning horizon is measured and named', () => {
    const lean = Math.tan((5 * Math.PI) / 180);
    const horizon = picture(400, 300, (x, y) => 125 + 30 * Math.max(-2, Math.min(2, y - 150 - lean * (x - 200))));
    const metrics = measureTechnically(horizon);
    expect(Math.abs(metrics.composition.tiltDegrees!)).toBeCloseTo(5, 0);
    const evidence = { metrics, scores: scoreTechnically(metrics), exif: { iso: 100 }, modelScore: null };
    expect(judge(evidence, SELECTION_PRESETS.general).reasons.map(({ kind }) => kind)).toContain('tilted');
  });
});

const evidence = (
  focus: number | null,
  rest: number,
  modelScore: number | null,
  iso: number | null = null,
): Evidence => ({
  metrics: measureTechnically(picture(64, 64, (x) => (x % 8 < 4 ? 60 : 180))),
  scores: { focus, exposure: rest, composition: rest, noise: 5 },
  exif: { iso },
  modelScore,
});

describe('the founding rule', () => {
  const general = SELECTION_PRESETS.general;

  test('35 % focus, 35 % exposure, 30 % composition; 70 % of that and 30 % of the model; ISO moves it by 0.1', () => {
    expect(judge(evidence(2, 4, null), general).technicalScore).toBeCloseTo(0.35 * 2 + 0.65 * 4, 10);
    expect(judge(evidence(4, 4, 2), general).overallScore).toBeCloseTo(0.7 * 4 + 0.3 * 2, 10);
    expect(judge(evidence(4, 4, null, 400), general).overallScore).toBeCloseTo(4.1, 10);
    expect(judge(evidence(4, 4, null, 6400), general).overallScore).toBeCloseTo(3.9, 10);
    expect(judge(evidence(4, 4, null, 1600), general).overallScore).toBeCloseTo(4, 10);
  });

  test.each([
    [4.2, 4.2, 'approve'],
    [3.5, 3.5, 'review'],
    [2.4, 4.3, 'reject'],
    [2.9, 2.9, 'reject'],
    [null, 4.8, 'review'],
  ] as const)('focus %s and %s elsewhere: %s', (focus, rest, expected) => {
    expect(judge(evidence(focus, rest, null), general).recommendation).toBe(expected);
  });

  test('each face that was found adds 0.1, up to 0.3', () => {
    const withFaces = (faces: number) =>
      judge({ ...evidence(3, 3, null), faces: { count: faces, eyesScore: null } }, general).technicalScore;
    expect([0, 1, 2, 3, 9].map(withFaces)).toEqual(
      [3, 3.1, 3.2, 3.3, 3.3].map((score) => expect.closeTo(score, 10) as number),
    );
  });

  test('a photo whose eyes are soft is not approved, and that is a reason', () => {
    const withEyes = (eyesScore: number | null) =>
      judge({ ...evidence(4.5, 4.5, null), faces: { count: 1, eyesScore } }, general);
    expect(withEyes(4.4)).toMatchObject({ recommendation: 'approve' });
    expect(withEyes(4.4).reasons).toContainEqual({ kind: 'sharp-eyes', score: 4.4 });
    expect(withEyes(2.1)).toMatchObject({ recommendation: 'review' });
    expect(withEyes(2.1).reasons).toContainEqual({ kind: 'soft-eyes', score: 2.1 });
    expect(withEyes(null)).toMatchObject({ recommendation: 'approve' });
  });

  test('scores stay within 1 to 5', () => {
    expect(judge(evidence(0, 0, 1), general).overallScore).toBe(1);
    expect(judge(evidence(5, 5, 5, 100), general).overallScore).toBe(5);
  });
});

const NO_EXIF: PhotoExif = {
  ...{ camera: null, iso: null, exposureSeconds: null, aperture: null, focalLengthMm: null },
  ...{ takenAtMs: null, flashFired: null, location: null },
};

test('missing EXIF makes no hints, and one fact makes its own', () => {
  expect(contextHints(NO_EXIF)).toEqual([]);
  expect(contextHints({ ...NO_EXIF, iso: 3200, aperture: 1.8 })).toEqual(['low-light', 'shallow-depth-of-field']);
});

describe('bursts', () => {
  const hash = perceptualHash(things(5));
  const member = (id: string, seconds: number | null, score: number, of: bigint = hash): BurstMember => ({
    ...{ id, takenAtMs: seconds === null ? null : seconds * 1000, hash: of, camera: 'X', overallScore: score },
  });

  test('the hash hardly changes with noise, and does with another picture', () => {
    expect(hashDistance(hash, perceptualHash(things(5, 10)))).toBeLessThan(6);
    expect(hashDistance(hash, perceptualHash(things(6)))).toBeGreaterThan(15);
  });

  test('frames within two seconds that look alike are one burst, with the best of them', () => {
    const other = perceptualHash(things(9));
    const photos = [
      member('c', 2.5, 3),
      member('a', 0, 3),
      member('b', 1, 4),
      member('d', 10, 5),
      member('e', 11, 5, other),
    ];
    expect(findBursts(photos)).toEqual([{ ids: ['a', 'b', 'c'], best: 'b' }]);
  });

  test('without a time only near copies belong together', () => {
    expect(findBursts([member('a', null, 3), member('b', null, 3)])).toEqual([{ ids: ['a', 'b'], best: 'a' }]);
    expect(findBursts([member('a', null, 3), member('b', null, 3, hash ^ 0xffn)])).toEqual([]);
  });
});

describe('expected rating', () => {
  const at = (token: string, probability: number) => ({ token, logprob: Math.log(probability) });

  test('is the mean by probability, whatever the tokens look like', () => {
    expect(expectedRating([at('good', 0.6), at(' fair', 0.3), at('"poor', 0.1)])).toBeCloseTo(3.5, 10);
    expect(expectedRating([at('ex', 0.5), at('go', 0.5)])).toBeCloseTo(4.5, 10);
  });

  test('is unknown when the alternatives are other words', () => {
    expect(expectedRating([at('the', 0.9), at('good', 0.1)])).toBeNull();
    expect(expectedRating([])).toBeNull();
  });
});

describe('agreement of levels', () => {
  const random = seededRandom(2);
  const pairs: readonly JudgedPair[] = Array.from({ length: 40 }, (_, index) => {
    const score = 1 + 4 * random();
    const verdict = (value: number) => ({
      score: value,
      recommendation: value < 3 ? ('reject' as const) : value < 4 ? ('review' as const) : ('approve' as const),
    });
    return {
      id: `${index}`,
      reference: verdict(score),
      candidate: index === 7 ? null : verdict(score + 0.2 * random()),
    };
  });
  const result = levelAgreement(
    pairs,
    [
      ['0', '1', '2'],
      ['3', '4'],
      ['7', '8'],
    ],
    seededRandom(3),
  );

  test('figures lie within their intervals', () => {
    expect(result.photos).toBe(39);
    expect(result.invalidShare).toBeCloseTo(1 / 40, 10);
    for (const figure of [result.spearman, result.kendallTauB, result.meanAbsoluteError, result.keepKappa]) {
      expect(figure.value).toBeGreaterThanOrEqual(figure.interval!.low);
      expect(figure.value).toBeLessThanOrEqual(figure.interval!.high);
    }
    expect(result.meanAbsoluteError.value).toBeCloseTo(0.1, 1);
  });

  test('flips and the same recommendation add up; a burst of one answer does not count', () => {
    expect(result.sameRecommendation.value).toBeCloseTo(1 - result.flips.length / 39, 10);
    expect(result.sameBestOfBurst).not.toBeNull();
  });

  test('nothing judged is nothing known', () => {
    const empty = levelAgreement([], [], seededRandom(1));
    expect(empty.spearman).toEqual({ value: null, interval: null });
    expect(empty.invalidShare).toBeNull();
    expect(empty.sameBestOfBurst).toBeNull();
  });
});
