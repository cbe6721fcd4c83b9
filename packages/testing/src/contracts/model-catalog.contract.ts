import type { ModelCatalog } from '@plimsoll/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from './code-of.js';

/** What a catalogue brings to its contract suite. */
export interface ModelCatalogSubject {
  readonly catalog: ModelCatalog;
  /** A model of which it knows variants here, and one of which it knows nothing. */
  readonly known: string;
  readonly unknown: string;
  /** Whether being cancelled ends a question; one that reads what is at hand may answer all the same. */
  readonly isCancellable?: boolean;
  readonly dispose?: () => Promise<void>;
}

/** What every catalogue does. */
export function describeModelCatalogContract(name: string, create: () => Promise<ModelCatalogSubject>): void {
  describe(`${name} is a ModelCatalog`, () => {
    let subject: ModelCatalogSubject;
    beforeAll(async () => {
      subject = await create();
    });
    afterAll(() => subject.dispose?.());

    test('gives the variants of a model, each once, with sizes and digests where they are known', async () => {
      const { catalog, known } = subject;
      const entries = await catalog.variants(known, { remote: false });
      expect(entries.length).toBeGreaterThan(0);
      expect(new Set(entries.map((entry) => entry.name)).size).toBe(entries.length);
      for (const { sizeBytes, digest, location } of entries) {
        expect(sizeBytes === null || sizeBytes >= 0).toBe(true);
        expect(digest === null || digest !== '').toBe(true);
        expect(['local', 'remote']).toContain(location);
      }
    });

    test('knows nothing of a model that is not there', async () => {
      expect(await subject.catalog.variants(subject.unknown, { remote: false })).toEqual([]);
    });

    test('is asked twice and says the same', async () => {
      const { catalog, known } = subject;
      expect(await catalog.variants(known, { remote: false })).toEqual(
        await catalog.variants(known, { remote: false }),
      );
    });

    test('fails as cancelled, or answers from what is at hand', async () => {
      const { catalog, known, isCancellable = false } = subject;
      const code = await codeOf(catalog.variants(known, { remote: false, signal: AbortSignal.abort() }));
      expect(isCancellable ? ['cancelled'] : ['cancelled', null]).toContain(code);
    });
  });
}
