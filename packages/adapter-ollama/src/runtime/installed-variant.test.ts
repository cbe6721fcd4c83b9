import { describe, expect, test } from 'vitest';
import { recordings } from '../../test/support/recording.js';
import { residentAnswer, tagsAnswer } from '@plimsoll/protocol/ollama';
import { installedVariant, residentModel } from './installed-variant.js';

const exchanges = recordings('runtime-contract').flatMap((one) => one.exchanges);
const answerOf = (path: string, holds: string): unknown =>
  JSON.parse(exchanges.find((one) => one.path === path && one.answer.includes(holds))?.answer ?? 'null');

describe('what the server tells of its models', () => {
  test('level, size, digest and time of an installed one', () => {
    const entry = tagsAnswer.parse(answerOf('/api/tags', 'fp16')).models?.find(({ name }) => name.endsWith('fp16'));
    const variant = installedVariant(entry!);
    expect(variant).toMatchObject({
      name: 'plimsoll-test:5m-fp16',
      level: 'F16',
      sizeBytes: entry!.size,
      architecture: 'llama',
      parameterSize: '5.77M',
    });
    expect(variant.digest).toBe(`sha256:${entry!.digest ?? ''}`);
    expect(new Date(variant.modifiedAtMs!).getFullYear()).toBe(2026);
  });

  test('bytes, context and expiry of a resident one', () => {
    const entry = residentAnswer.parse(answerOf('/api/ps', 'size_vram')).models![0]!;
    expect(residentModel(entry)).toMatchObject({ sizeBytes: entry.size, deviceBytes: 0, contextTokens: 256 });
  });

  test('a time some 290 years ahead means for ever', () => {
    const entry = { name: 'a', size: 1, size_vram: 1, context_length: 1 };
    expect(residentModel({ ...entry, expires_at: '2319-03-05T10:29:48.017099275Z' }).expiresAtMs).toBeNull();
    expect(residentModel({ ...entry, expires_at: '2026-11-23T10:46:14.918Z' }).expiresAtMs).toBe(
      Date.UTC(2026, 10, 23, 10, 46, 14, 918),
    );
  });

  test('what is missing is unknown', () => {
    expect(installedVariant({ name: 'a' })).toEqual({
      name: 'a',
      level: null,
      sizeBytes: null,
      digest: null,
      architecture: null,
      parameterSize: null,
      modifiedAtMs: null,
    });
    expect(residentModel({ name: 'a', size: 0, size_vram: 0 })).toEqual({
      name: 'a',
      sizeBytes: null,
      deviceBytes: null,
      contextTokens: null,
      expiresAtMs: null,
    });
  });
});
