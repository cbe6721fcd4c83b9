import type { PhotoDocument, PhotosDocument } from '@plimsoll/contract';
import { expect, test } from 'vitest';
import { contactSheet } from './contact-sheet.js';

const photo = (path: string, changes: Partial<PhotoDocument> = {}): PhotoDocument => ({
  ...{ path, error: null, overallScore: 4.2, recommendation: 'approve', focusScore: 4, exposureScore: 5 },
  ...{
    compositionScore: 4,
    noiseScore: 5,
    facesDetected: null,
    eyesScore: null,
    reasons: [{ kind: 'sharp', score: 4 }],
    tags: [],
    takenAtMs: null,
  },
  ...{ camera: null, burst: null, llm: null, llmFailure: null, sidecar: null },
  ...changes,
});
const sheet = (photos: readonly PhotoDocument[]): string => {
  const counts = { passed: 1, unreadable: 0, invalidAnswers: 0 };
  const document: PhotosDocument = {
    schema: 'plimsoll.photos/1',
    preset: 'general',
    model: null,
    minScore: 3.5,
    photos,
    ...counts,
  };
  return contactSheet(document, new Map([['/a/boats.jpg', 'data:image/jpeg;base64,AAAA']]));
};

test('a card says the name, the score and why; a photo without a picture is there all the same', () => {
  const html = sheet([
    photo('/a/boats.jpg'),
    photo('/a/x.jpg', { error: { code: 'invalid-input', message: 'Damaged.' }, overallScore: null }),
  ]);
  expect(html).toContain('src="data:image/jpeg;base64,AAAA"');
  expect(html).toContain('<span class="score approve">4.2</span>');
  expect(html).toContain('focus 4.0, exposure 5.0, composition 4.0<br>sharp');
  expect(html).toContain('Damaged.');
  expect(html).toContain('no picture');
});

test('names cannot act on the page', () => {
  const html = sheet([photo('/a/<img src=x onerror=alert(1)>".jpg')]);
  expect(html).not.toContain('<img src=x');
});
