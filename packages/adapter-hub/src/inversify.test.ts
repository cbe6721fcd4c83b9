import 'reflect-metadata';
import { MODEL_INSPECTOR, REMOTE_CATALOG } from '@plimsoll/di';
import { parseModelReference } from '@plimsoll/domain';
import { Container } from 'inversify';
import { expect, test } from 'vitest';
import { hubModule } from './inversify.js';

test('the module binds an inspector and a catalogue for each hub', () => {
  const container = new Container();
  container.load(hubModule());
  const inspectors = container.getAll(MODEL_INSPECTOR);
  for (const text of ['hf.co/a/b:Q8_0', 'ollama:llama3.1:8b']) {
    const reference = parseModelReference(text);
    expect(inspectors.filter((inspector) => inspector.supports(reference))).toHaveLength(1);
  }
  expect(container.getAll(REMOTE_CATALOG)).toHaveLength(2);
});
