import type { PhotoDocument, PhotosDocument } from '@plimsoll/contract';
import { expect, test } from 'vitest';
import { PLAIN } from '../../output/style.js';
import { renderPhotos } from './photos.render.js';

const photo = (path: string, overallScore: number, kinds: readonly string[]): PhotoDocument => ({
  ...{ path, error: null, overallScore, recommendation: overallScore < 3 ? 'reject' : 'approve' },
  ...{ focusScore: 4.2, exposureScore: 5, compositionScore: 3.9, noiseScore: 5, facesDetected: null, eyesScore: null },
  ...{ reasons: kinds.map((kind) => ({ kind })), tags: [], takenAtMs: null, camera: null, burst: null },
  ...{ llm: null, llmFailure: null, sidecar: `${path}.xmp` },
});
const document = (model: string | null, photos: readonly PhotoDocument[]): PhotosDocument => ({
  ...{ schema: 'plimsoll.photos/1', preset: 'general', model, minScore: 3.5, photos },
  ...{ passed: 1, unreadable: 0, invalidAnswers: 1 },
});
const shown = (model: string | null, width: number): string =>
  renderPhotos(
    document(model, [
      photo('/trip/DSC_0001 dark.jpg', 2.1, ['sharp', 'too-dark', 'clipped-blacks']),
      photo('/trip/DSC_0002 a long name of a photo.jpg', 4.4, ['sharp', 'low-iso']),
    ]),
    PLAIN,
    width,
  );

test('names keep room to be told apart at 80 columns, and so do the reasons', () => {
  const lines = shown('llava', 80).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^DSC_0002 a long name of…/);
  expect(lines[2]).toMatch(/^DSC_0001 dark\.jpg .* reject +too dark, clip/);
  expect(lines[3]).toMatch(/^Not enough room for: /);
});

test('without a model there is no column for one; sidecars are counted, with the way back', () => {
  const text = shown(null, 200);
  expect(text).not.toMatch(/model {2}/);
  expect(text).toContain('1 of 2 photos scored 3.5 or more.');
  expect(text).toContain('2 sidecars written. To take back: plimsoll photos undo');
  expect(text).toContain('The model gave 1 answer that could not be used.');
});
