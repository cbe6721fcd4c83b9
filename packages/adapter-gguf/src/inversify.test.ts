import 'reflect-metadata';
import { MODEL_INSPECTOR } from '@plimsoll/di';
import { parseModelReference } from '@plimsoll/domain';
import { Container } from 'inversify';
import { describe, expect, it } from 'vitest';
import { ggufModule } from './inversify.js';

describe('ggufModule', () => {
  it('binds one inspector for each kind of place', () => {
    const container = new Container();
    container.load(ggufModule());
    const inspectors = container.getAll(MODEL_INSPECTOR);
    for (const text of ['./a.gguf', 'https://a.example/b.gguf']) {
      const reference = parseModelReference(text);
      expect(inspectors.filter((inspector) => inspector.supports(reference))).toHaveLength(1);
    }
    expect(inspectors.some((inspector) => inspector.supports({ kind: 'name', name: 'a' }))).toBe(false);
  });
});
