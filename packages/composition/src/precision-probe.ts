import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PrecisionProbe, ProbedBuild, TextCache } from '@plimsoll/application';
import {
  InvalidInputError,
  QualityAccumulator,
  type CallOptions,
  type LogitsSource,
  type VariantBuilder,
} from '@plimsoll/domain';

/** What files are made of, and what they are measured on. */
export interface PrecisionProbeOptions {
  readonly builder: VariantBuilder;
  readonly logits: LogitsSource;
  /** Keeps results, so that an interrupted measurement goes on where it was. */
  readonly cache: TextCache;
  /** Tells results of other models, texts and matrices apart. */
  readonly key: string;
  /** Folder for files while they are measured. */
  readonly folder: string;
  readonly source: string;
  readonly importanceMatrix: string | undefined;
  readonly text: string;
  readonly windowTokens: number;
}

/** Measures on the first half of a text what is chosen, and on the second half what was chosen. */
export function precisionProbe(options: PrecisionProbeOptions): PrecisionProbe {
  const { logits, cache, key, source, text, windowTokens } = options;
  let halves: Promise<Readonly<Record<'selection' | 'judging', Int32Array>>> | null = null;
  const tokens = async (call: CallOptions): Promise<Readonly<Record<'selection' | 'judging', Int32Array>>> => {
    const all = await logits.tokenize(source, text, call);
    const windows = Math.floor(all.length / windowTokens);
    if (windows < 4) {
      throw new InvalidInputError(
        `The text has ${all.length} tokens; four windows of ${windowTokens} are the least to choose and judge on.`,
        { hint: 'Give a longer text with --text.' },
      );
    }
    const middle = Math.floor(windows / 2) * windowTokens;
    return { selection: all.subarray(0, middle), judging: all.slice(middle) };
  };
  return {
    async losses(builds, part, { signal, onDone }) {
      const losses: number[] = [];
      for (const build of builds) {
        const entry = JSON.stringify([key, part, windowTokens, build]);
        const known = Number((await cache.read(entry)) ?? Number.NaN);
        if (Number.isFinite(known)) losses.push(known);
        else {
          halves ??= tokens({ signal });
          const loss = await measure(options, build, (await halves)[part], { signal });
          await cache.write(entry, String(loss));
          losses.push(loss);
        }
        onDone?.();
      }
      return losses;
    },
  };
}

/** Makes one file, measures it and removes it. */
async function measure(
  { builder, logits, folder, source, importanceMatrix, windowTokens }: PrecisionProbeOptions,
  { level, overrides }: ProbedBuild,
  tokens: Int32Array,
  { signal }: CallOptions,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const place = await mkdtemp(path.join(folder, 'probe-'));
  try {
    const target = path.join(place, 'probe.gguf');
    await builder.build({ source, target, level, overrides, importanceMatrix }, { signal });
    const accumulator = new QualityAccumulator(logits.coverage);
    const candidates = [{ model: target, kvCacheType: 'f16' as const }];
    const reference = { model: source, kvCacheType: 'f16' as const };
    for await (const [scores] of logits.score({ candidates, reference, tokens, windowTokens }, { signal })) {
      if (scores !== undefined) accumulator.record(scores);
    }
    return accumulator.result()?.meanKld ?? Number.NaN;
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 3 });
  }
}
