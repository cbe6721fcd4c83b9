import type { ModelInspector, ModelReference } from '@plimsoll/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from './code-of.js';

/** What an inspector brings to its contract suite. */
export interface ModelInspectorSubject {
  readonly inspector: ModelInspector;
  /** A model that it can read, and one that is not there. */
  readonly known: ModelReference;
  readonly unknown: ModelReference;
  /** A kind of reference that it leaves to others. */
  readonly foreign: ModelReference;
  readonly dispose?: () => Promise<void>;
}

/** What every inspector does. */
export function describeModelInspectorContract(name: string, create: () => Promise<ModelInspectorSubject>): void {
  describe(`${name} is a ModelInspector`, () => {
    let subject: ModelInspectorSubject;
    beforeAll(async () => {
      subject = await create();
    });
    afterAll(() => subject.dispose?.());

    test('says which references it understands', () => {
      const { inspector, known, foreign } = subject;
      expect([inspector.supports(known), inspector.supports(foreign)]).toEqual([true, false]);
    });

    test('reads a header whose tensors have bytes, and says where it was found', async () => {
      const { header, origin, fetchedBytes } = await subject.inspector.inspect(subject.known);
      expect(header.architecture).not.toBe('');
      expect(header.tensors.length).toBeGreaterThan(0);
      for (const { bytes } of header.tensors) expect(bytes).toBeGreaterThan(0);
      expect(origin).not.toBe('');
      expect(fetchedBytes).toBeGreaterThanOrEqual(0);
    });

    test('what is not there is a model-not-found error', async () => {
      expect(await codeOf(subject.inspector.inspect(subject.unknown))).toBe('model-not-found');
    });

    test('a signal that is already aborted is a cancelled error', async () => {
      const work = subject.inspector.inspect(subject.known, { signal: AbortSignal.abort() });
      expect(await codeOf(work)).toBe('cancelled');
    });
  });
}
