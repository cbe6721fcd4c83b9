import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PrecisionProbe, ProbeText, ProbedBuild, TextCache } from '@plimsoll/application';
import {
  InvalidInputError,
  StorageFailedError,
  QualityAccumulator,
  type CallOptions,
  type LogitsSource,
  type VariantBuilder,
} from '@plimsoll/domain';
import { fileDigest, withScratchFolder } from '@plimsoll/local-models';

/** What files are made of, and what they are measured on. */
export interface PrecisionProbeOptions {
  readonly builder: VariantBuilder;
  readonly logits: LogitsSource;
  /** Keeps results, so that an interrupted measurement goes on where it was. */
  readonly cache: TextCache;
  /** Folder for files while they are measured. */
  readonly folder: string;
  /** A file. */
  readonly source: string;
  readonly importanceMatrix: string | undefined;
  readonly text: string;
  readonly windowTokens: number;
}

/** Windows to choose on and to judge on at most: few, since they are the same for all. */
const MOST_WINDOWS = { selection: 10, judging: 24 } as const;
/** Files that are made and evaluated together, with one evaluation of the source; larger ones one by one. */
const TOGETHER = 6;
const TOGETHER_BYTES = 1e9;

type Texts = Readonly<Record<ProbeText, Int32Array>>;

/** Measures on windows from the first half of a text what is chosen, and from the second half what was chosen. */
export function precisionProbe(options: PrecisionProbeOptions): PrecisionProbe {
  const { cache, source, windowTokens } = options;
  let texts: Promise<Texts> | null = null;
  let identity: Promise<readonly (string | null)[]> | null = null;
  return {
    async losses(builds, part, { signal, onDone }) {
      const losses: number[] = [];
      identity ??= identityOf(options);
      const key = await identity;
      const entryOf = (build: ProbedBuild): string => JSON.stringify([key, part, MOST_WINDOWS, windowTokens, build]);
      const unknown: number[] = [];
      for (const [i, build] of builds.entries()) {
        losses[i] = Number((await cache.read(entryOf(build))) ?? Number.NaN);
        if (Number.isFinite(losses[i])) onDone?.();
        else unknown.push(i);
      }
      const many = unknown.length > 0 && (await stat(source)).size <= TOGETHER_BYTES ? TOGETHER : 1;
      for (let at = 0; at < unknown.length; at += many) {
        const indexes = unknown.slice(at, at + many);
        const batch = indexes.flatMap((i) => builds[i] ?? []);
        texts ??= textsOf(options, { signal });
        const measured = await measure(options, batch, (await texts)[part], { signal });
        for (const [j, i] of indexes.entries()) {
          const [build, loss = Number.NaN] = [batch[j], measured[j]];
          losses[i] = loss;
          if (build !== undefined) await cache.write(entryOf(build), String(loss));
          onDone?.();
        }
      }
      return losses;
    },
  };
}

/** Tells results of other models, matrices and texts apart: by what files hold, for names come and go. */
async function identityOf({
  source,
  importanceMatrix,
  text,
}: PrecisionProbeOptions): Promise<readonly (string | null)[]> {
  const files = importanceMatrix === undefined ? [source] : [source, importanceMatrix];
  const digests = await Promise.all(files.map(fileDigest));
  if (!digests.includes(null)) return [...digests, text];
  throw new StorageFailedError(`${files[digests.indexOf(null)] ?? source} cannot be read.`);
}

async function textsOf(
  { logits, source, text, windowTokens }: PrecisionProbeOptions,
  call: CallOptions,
): Promise<Texts> {
  const all = await logits.tokenize(source, text, call);
  const windows = Math.floor(all.length / windowTokens);
  if (windows < 4) {
    throw new InvalidInputError(
      `The text has ${all.length} tokens; four windows of ${windowTokens} are the least to choose and judge on.`,
      { hint: 'Give a longer text with --text.' },
    );
  }
  const middle = Math.floor(windows / 2);
  const from = (first: number, count: number): Int32Array =>
    all.slice(first * windowTokens, (first + count) * windowTokens);
  return {
    selection: from(0, Math.min(middle, MOST_WINDOWS.selection)),
    judging: from(middle, Math.min(windows - middle, MOST_WINDOWS.judging)),
  };
}

/** Makes files, measures them and removes them. */
async function measure(
  { builder, logits, folder, source, importanceMatrix, windowTokens }: PrecisionProbeOptions,
  builds: readonly ProbedBuild[],
  tokens: Int32Array,
  { signal }: CallOptions,
): Promise<readonly number[]> {
  await mkdir(folder, { recursive: true });
  return withScratchFolder(
    'probe',
    async (place) => {
      const targets = builds.map((_, i) => path.join(place, `${i}.gguf`));
      for (const [i, { level, overrides }] of builds.entries()) {
        await builder.build({ source, target: targets[i] ?? '', level, overrides, importanceMatrix }, { signal });
      }
      const accumulators = builds.map(() => new QualityAccumulator(logits.coverage));
      const candidates = targets.map((model) => ({ model, kvCacheType: 'f16' as const }));
      const reference = { model: source, kvCacheType: 'f16' as const };
      for await (const scores of logits.score({ candidates, reference, tokens, windowTokens }, { signal })) {
        scores.forEach((one, i) => accumulators[i]?.record(one));
      }
      return accumulators.map((accumulator) => accumulator.result()?.meanKld ?? Number.NaN);
    },
    folder,
  );
}
