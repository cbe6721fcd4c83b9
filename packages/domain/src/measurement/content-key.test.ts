import { expect, test } from 'vitest';
import { contentKey } from './content-key.js';
import type { ContentFacts } from './content-key.js';

const facts = (more: Partial<ContentFacts> = {}): ContentFacts => ({
  digest: null,
  model: 'model.gguf',
  variant: 'model.gguf',
  environment: { backend: 'embedded', engineBuild: null, device: null, driver: null, platform: 'linux-x64' },
  ...more,
});

test('one content under two names is one, two contents under one name are two', () => {
  const here = facts({ digest: 'sha256:a' });
  expect(contentKey(here)).toBe(contentKey(facts({ digest: 'sha256:a', model: '../x/model.gguf' })));
  expect(contentKey(here)).not.toBe(contentKey(facts({ digest: 'sha256:b' })));
});

test('a name without a digest is never taken for a known content, nor for that of another backend', () => {
  const { environment } = facts();
  expect(contentKey(facts())).not.toBe(contentKey(facts({ digest: 'sha256:a' })));
  expect(contentKey(facts())).not.toBe(contentKey(facts({ environment: { ...environment, backend: 'ollama' } })));
});
