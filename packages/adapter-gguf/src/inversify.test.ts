import 'reflect-metadata';
import { MODEL_INSPECTOR } from '@plimsoll/di';
import { parseModelReference } from '@plimsoll/domain';
import { Container } from 'inversify';
import { describe, expect, it } from 'vitest';
import { REMOTE_CATALOG, ggufModule } from './inversify.js';

describe('ggufModule', () => {
  it('binds one inspector for each kind of place', () => {
    const container = new Container();
    container.load(ggufModule());
    const inspectors = container.getAll(MODEL_INSPECTOR);
    for (const text of ['./a.gguf', 'https://a.example/b.gguf', 'hf.co/a/b:Q8_0', 'ollama:llama3.1:8b']) {
      const reference = parseModelReference(text);
      expect(inspectors.filter((inspector) => inspector.supports(reference))).toHaveLength(1);
    }
    expect(inspectors.some((inspector) => inspector.supports({ kind: 'name', name: 'a' }))).toBe(false);
    expect(container.getAll(REMOTE_CATALOG)).toHaveLength(2);
  });
});
