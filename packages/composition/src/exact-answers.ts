import type { ExactPlanDependencies } from '@plimsoll/application';
import type { FootprintOracle } from '@plimsoll/domain';
import { randomUUID } from 'node:crypto';
import { systemClock } from './system-clock.js';

/** The answers, and how to let go of the engine. */
export interface ExactAnswers extends ExactPlanDependencies {
  readonly close: () => Promise<void>;
}

/** The embedded engine's own bytes, whatever backend serves: it is started by the first question. */
export function exactAnswers(): ExactAnswers {
  let opened: Promise<FootprintOracle & { close(): Promise<void> }> | null = null;
  const open = async (): Promise<FootprintOracle & { close(): Promise<void> }> => {
    const { LlamaCppFootprintOracle } = await import('@plimsoll/adapter-llamacpp');
    return new LlamaCppFootprintOracle();
  };
  return {
    oracle: { measure: async (file, shape, options) => (await (opened ??= open())).measure(file, shape, options) },
    withHeaderFile: async (header, types, use) =>
      (await import('@plimsoll/adapter-gguf/writer')).withHeaderFile(header, types, use),
    clock: systemClock,
    newId: () => randomUUID(),
    close: async () => {
      if (opened !== null) await (await opened).close();
    },
  };
}
