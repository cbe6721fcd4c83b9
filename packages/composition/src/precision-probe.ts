import { mkdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { PrecisionProbe, ProbeText, ProbedFile, TextCache } from '@plimsoll/application';
import {
  InvalidInputError,
  StorageFailedError,
  QualityAccumulator,
  type CallOptions,
  type LogitsSource,
  type QuantizationError,
  type TensorQuantizer,
  type VariantBuilder,
} from '@plimsoll/domain';
import { fileDigest, withScratchFolder } from '@plimsoll/local-models';

/** What files are made of, and what they are measured on. */
export interface PrecisionProbeOptions {
  readonly builder: VariantBuilder;
  readonly tensors: TensorQuantizer;
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
  let identity: Promise<Identity> | null = null;
  const entryOf = async (file: ProbedFile, part: ProbeText): Promise<string> => {
    identity ??= identityOf(options);
    const { model, matrix } = await identity;
    return JSON.stringify([model, matrix, options.text, part, MOST_WINDOWS, windowTokens, file]);
  };
  /** What was measured before; not a number where nothing was. */
  const kept = async (files: readonly ProbedFile[], part: ProbeText): Promise<readonly number[]> => {
    const losses: number[] = [];
    for (const file of files) losses.push(Number((await cache.read(await entryOf(file, part))) ?? Number.NaN));
    return losses;
  };
  // Small models gain nothing by threads that wait for each other: each core evaluates files of its own.
  const isSmall = async (): Promise<boolean> => (await stat(source)).size <= TOGETHER_BYTES;
  return {
    hasImportance: options.importanceMatrix !== undefined,
    async prepare({ signal }) {
      texts ??= textsOf(options, { signal });
      await texts;
    },
    async source() {
      identity ??= identityOf(options);
      return (await identity).model;
    },
    async errors(names, types, { signal, onTensor }) {
      const { tensors, importanceMatrix } = options;
      identity ??= identityOf(options);
      const { model, matrix } = await identity;
      const found = new Map<string, readonly QuantizationError[]>();
      const entryOf = (name: string): string =>
        JSON.stringify([model, matrix, 'errors of possible types', types, name]);
      for (const name of names) {
        const known = await cache.read(entryOf(name));
        if (known === null) continue;
        found.set(name, JSON.parse(known) as readonly QuantizationError[]);
        onTensor?.();
      }
      const unknown = names.filter((name) => !found.has(name));
      for await (const of of tensors.errors({ source, importanceMatrix, tensors: unknown, types }, { signal })) {
        found.set(of[0]?.tensor ?? '', of);
        await cache.write(entryOf(of[0]?.tensor ?? ''), JSON.stringify(of));
        onTensor?.();
      }
      return [...found.values()].flat();
    },
    async losses(files, part, { signal, onDone }) {
      const losses = [...(await kept(files, part))];
      const unknown = losses.flatMap((loss, i) => (Number.isFinite(loss) ? [] : [i]));
      const small = unknown.length > 0 && (await isSmall());
      const batches = batchesOf(unknown, small ? TOGETHER : 1);
      await eachAtOnce(batches, small ? availableParallelism() : 1, signal, async (indexes, call) => {
        const batch = indexes.flatMap((i) => files[i] ?? []);
        texts ??= textsOf(options, { signal });
        const measured = await measure(options, batch, (await texts)[part], small ? 1 : undefined, call);
        for (const [j, i] of indexes.entries()) {
          const [file, loss = Number.NaN] = [batch[j], measured[j]];
          losses[i] = loss;
          if (file !== undefined) await cache.write(await entryOf(file, part), String(loss));
          onDone?.();
        }
      });
      return losses;
    },
    async known(files, part) {
      return (await kept(files, part)).map(Number.isFinite);
    },
    async shareOfMany() {
      // A file alone is evaluated beside the source; among many, the source once for all of a batch.
      return (await isSmall()) ? (TOGETHER + 1) / (2 * TOGETHER) / availableParallelism() : 1;
    },
  };
}

/** Tells results of other models and matrices apart: by what files hold, for names come and go. */
interface Identity {
  readonly model: string;
  readonly matrix: string | null;
}

async function identityOf({ source, importanceMatrix }: PrecisionProbeOptions): Promise<Identity> {
  const digest = async (file: string): Promise<string> => {
    const found = await fileDigest(file);
    if (found === null) throw new StorageFailedError(`${file} cannot be read.`);
    return found;
  };
  return {
    model: await digest(source),
    matrix: importanceMatrix === undefined ? null : await digest(importanceMatrix),
  };
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

function batchesOf(indexes: readonly number[], most: number): number[][] {
  return Array.from({ length: Math.ceil(indexes.length / most) }, (_, i) => indexes.slice(i * most, (i + 1) * most));
}

/** Does some things at once, each with a signal that ends it when another one fails. Throws what failed first. */
async function eachAtOnce<Item>(
  items: readonly Item[],
  most: number,
  signal: AbortSignal | undefined,
  work: (item: Item, call: CallOptions) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const stop = new AbortController();
  const call = { signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]) };
  let failure: { readonly error: unknown } | null = null;
  const workers = Array.from({ length: Math.min(most, items.length) }, async () => {
    for (let item = left.shift(); item !== undefined && failure === null; item = left.shift()) {
      try {
        await work(item, call);
      } catch (error) {
        failure ??= { error };
        stop.abort();
      }
    }
  });
  await Promise.all(workers);
  const failed = failure as { readonly error: unknown } | null;
  if (failed !== null) throw failed.error;
}

/** Makes files, measures them and removes them. */
async function measure(
  { builder, tensors, logits, folder, source, importanceMatrix, windowTokens }: PrecisionProbeOptions,
  files: readonly ProbedFile[],
  tokens: Int32Array,
  threads: number | undefined,
  { signal }: CallOptions,
): Promise<readonly number[]> {
  await mkdir(folder, { recursive: true });
  return withScratchFolder(
    'probe',
    async (place) => {
      const targets = files.map((_, i) => path.join(place, `${i}.gguf`));
      for (const [i, file] of files.entries()) {
        const request = { source, target: targets[i] ?? '', importanceMatrix };
        if (file.kind === 'preset') await builder.build({ ...request, level: file.level }, { signal });
        else {
          const types = new Map(file.entries.map(({ tensor, type }) => [tensor, type]));
          await tensors.splice({ ...request, types }, { signal });
        }
      }
      const accumulators = files.map(() => new QualityAccumulator(logits.coverage));
      const candidates = targets.map((model) => ({ model, kvCacheType: 'f16' as const }));
      const reference = { model: source, kvCacheType: 'f16' as const };
      for await (const scores of logits.score({ candidates, reference, tokens, windowTokens, threads }, { signal })) {
        scores.forEach((one, i) => accumulators[i]?.record(one));
      }
      return accumulators.map((accumulator) => accumulator.result()?.meanKld ?? Number.NaN);
    },
    folder,
  );
}
