import type { BuildProgress, BuildRequest, VariantBuilder } from '@plimsoll/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from './code-of.js';

/** What a builder brings to its contract suite. */
export interface VariantBuilderSubject {
  readonly builder: VariantBuilder;
  /** Something that it can make, under a new name each time. */
  readonly request: (target: string) => BuildRequest;
  /** Something of a source that is not there; absent where the builder does not look. */
  readonly missing?: BuildRequest;
  /** Names of the variants that there are now, in any order. */
  readonly installed: () => Promise<readonly string[]>;
  readonly dispose?: () => Promise<void>;
}

/** What every builder does. */
export function describeVariantBuilderContract(name: string, create: () => Promise<VariantBuilderSubject>): void {
  describe(`${name} is a VariantBuilder`, () => {
    let subject: VariantBuilderSubject;
    beforeAll(async () => {
      subject = await create();
    });
    afterAll(() => subject.dispose?.());

    test('knows a way to make it, and makes it as it was named', async () => {
      const { builder, installed } = subject;
      const request = subject.request('contract-made');
      expect(await builder.methods(request)).not.toEqual([]);
      const progress: BuildProgress[] = [];
      const built = await builder.build(request, { onProgress: (one) => progress.push(one) });
      expect(built.name).toBe(request.target);
      expect(await installed()).toContain(built.name);
      for (const { completed, total } of progress) {
        if (completed !== null && total !== null) expect(completed).toBeLessThanOrEqual(total);
      }
      const dry = await builder.dryRun(subject.request('contract-dry'));
      if (dry !== null) expect(dry.sizeBytes).toBe(built.sizeBytes);
    });

    test('a dry run makes nothing', async () => {
      const { builder, installed } = subject;
      const before = await installed();
      await builder.dryRun(subject.request('contract-dry'));
      expect([...(await installed())].sort()).toEqual([...before].sort());
    });

    test('a cancelled build leaves nothing behind and can be run again', async () => {
      const { builder, installed } = subject;
      const request = subject.request('contract-cancelled');
      expect(await codeOf(builder.build(request, { signal: AbortSignal.abort() }))).toBe('cancelled');
      expect(await installed()).not.toContain(request.target);
      await builder.build(request);
      expect(await installed()).toContain(request.target);
    });

    test('a cancelled question is a cancelled error', async () => {
      const { builder } = subject;
      const options = { signal: AbortSignal.abort() };
      expect(await codeOf(builder.methods(subject.request('contract-asked'), options))).toBe('cancelled');
    });

    test('a source that is not there fails and makes nothing', async () => {
      const { builder, missing, installed } = subject;
      if (missing === undefined) return;
      expect(['model-not-found', 'invalid-model-file']).toContain(await codeOf(builder.build(missing)));
      expect(await installed()).not.toContain(missing.target);
    });
  });
}
