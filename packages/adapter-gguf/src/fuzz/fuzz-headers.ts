import { isPlimsollError, type ModelHeader } from '@plimsoll/domain';
import { BufferSource } from '../header/buffer-source.js';
import { readHeader } from '../header/read-header.js';
import { mutate } from './mutate.js';
import { seededRandom } from './seeded-random.js';

/** What to fuzz. */
export interface FuzzOptions {
  /** Good headers to start from. */
  readonly originals: readonly Uint8Array[];
  readonly runs: number;
  /** Run `n` of a seed is always the same; a failure names the run. */
  readonly seed: number;
  /** First run, default 0: `{ firstRun: 4711, runs: 1 }` repeats one. */
  readonly firstRun?: number;
  /** Called before each run, for watchdogs and progress bars. */
  readonly onRun?: (run: number) => void;
}

/** A run in which the reader misbehaved. */
export interface FuzzFailure {
  readonly run: number;
  readonly problem: string;
}

/** What came of it. */
export interface FuzzReport {
  readonly runs: number;
  /** Headers that were still readable. */
  readonly accepted: number;
  /** Headers refused with an InvalidModelFileError. */
  readonly refused: number;
  readonly failures: readonly FuzzFailure[];
  readonly slowestMs: number;
  readonly slowestRun: number;
}

const MAX_REPORTED = 20;
const SUSPICIOUS_MS = 50;

/**
 * Feeds damaged headers to the reader. Each must be read into something consistent or be refused with an
 * InvalidModelFileError that carries a hint; anything else is a failure.
 */
export async function fuzzHeaders(options: FuzzOptions): Promise<FuzzReport> {
  const failures: FuzzFailure[] = [];
  const firstRun = options.firstRun ?? 0;
  let accepted = 0;
  let refused = 0;
  let slowestMs = 0;
  let slowestRun = firstRun;
  for (let run = firstRun; run < firstRun + options.runs; run++) {
    options.onRun?.(run);
    const random = seededRandom(Math.imul(options.seed, 0x9e3779b1) + run);
    const original = options.originals[random.below(options.originals.length)] ?? new Uint8Array();
    const bytes = mutate(original, random);
    const chunkBytes = [64, 1000, 1 << 20][random.below(3)] ?? 64;
    const read = (): Promise<ModelHeader> => readHeader(new BufferSource(bytes, 'fuzz.gguf', chunkBytes));
    const started = performance.now();
    let problem: string | null = null;
    try {
      const header = await read();
      accepted++;
      problem = inconsistency(header, bytes.length);
    } catch (error) {
      refused++;
      if (!isPlimsollError(error) || error.code !== 'invalid-model-file') problem = String(error);
      else if (error.hint === null) problem = `no hint: ${error.message}`;
      else if (error.message.length > 500) problem = `a message of ${error.message.length} characters`;
    }
    let elapsed = performance.now() - started;
    // A busy machine makes any run look slow; a run that is slow in itself is slow again.
    for (let again = 0; again < 2 && elapsed > SUSPICIOUS_MS; again++) elapsed = Math.min(elapsed, await timeOf(read));
    if (elapsed > slowestMs) [slowestMs, slowestRun] = [elapsed, run];
    if (problem !== null && failures.length < MAX_REPORTED) failures.push({ run, problem });
  }
  return { runs: options.runs, accepted, refused, failures, slowestMs, slowestRun };
}

async function timeOf(read: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await read().catch(() => undefined);
  return performance.now() - started;
}

/** What a reader must never return, or null when the header is consistent. */
function inconsistency(header: ModelHeader, fileBytes: number): string | null {
  if (header.headerBytes > fileBytes) return `header of ${header.headerBytes} bytes in ${fileBytes}`;
  const names = new Set(header.tensors.map((tensor) => tensor.name));
  if (names.size !== header.tensors.length) return 'two tensors of one name';
  for (const tensor of header.tensors) {
    const end = header.headerBytes + tensor.offset + tensor.bytes;
    if (!Number.isSafeInteger(end) || tensor.bytes < 0 || end > fileBytes)
      return `tensor ends at ${end} of ${fileBytes}`;
    if (!tensor.shape.every((n) => Number.isSafeInteger(n) && n >= 0)) return `shape ${tensor.shape.join('×')}`;
  }
  return null;
}
