import { InvalidInputError, StorageFailedError, UnsupportedLevelError } from '@plimsoll/domain';
import type { TensorOverride } from '@plimsoll/domain';
import { tensorTypeId } from './tensor-type-id.js';
import koffi from 'koffi';
import { stat } from 'node:fs/promises';
import type { QuantizeJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { keepAlive } from '../native/keep-alive.js';
import { offThread } from '../native/libllama.js';
import type { QuantizeParams } from '../native/libllama.js';
import { DryRunReader } from './dry-run-reader.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { outputHeaderBytes } from './output-header.js';

const FULL_PRECISION = new Set(['f32', 'f16', 'bf16']);

/** Quantizes a file, or computes how large the result would be when the job has no target. */
export async function quantize(
  engine: Engine,
  job: QuantizeJob,
  call: Job,
): Promise<{ sizeBytes: number; needsImportanceMatrix: boolean }> {
  const { llama, log } = engine;
  const overrides = nativeOverrides(job.overrides);
  const params: QuantizeParams = {
    ...llama.quantizeDefaults(),
    ftype: job.fileType,
    nthread: job.threads,
    allow_requantize: job.allowRequantize,
    tt_overrides: overrides.address,
  };
  const plan = new DryRunReader();
  await run(engine, job.source, '', { ...params, dry_run: true }, (line) => plan.read(line));
  const sizeBytes = outputHeaderBytes(engine, job.source) + plan.paddedTensorBytes();
  if (plan.needsImportanceMatrix && job.target !== null) {
    throw new UnsupportedLevelError('This level needs an importance matrix, which this engine is not given.', {
      hint: 'Choose a level of at least 3 bits, such as Q3_K_M or IQ4_XS.',
    });
  }
  const lossy = plan.tensors.find((tensor) => tensor.to !== tensor.from && !FULL_PRECISION.has(tensor.from));
  if (lossy !== undefined && !job.allowRequantize) {
    throw new InvalidInputError(
      `The source is already quantized (${lossy.name} is ${lossy.from}); quantizing it again loses quality twice.`,
      { hint: 'Start from an F16, BF16 or F32 file, or allow requantization.' },
    );
  }
  const { needsImportanceMatrix } = plan;
  if (job.target === null) return { sizeBytes, needsImportanceMatrix };

  call.emit({ completed: 0, total: plan.tensors.length });
  await call.breathe(true);
  log.clear();
  await run(engine, job.source, job.target, params, (line) => {
    const progress = /^\[\s*(\d+)\/\s*(\d+)\]/.exec(line);
    if (progress === null) return;
    call.emit({ completed: Number(progress[1]), total: Number(progress[2]) });
    call.flush();
  });
  // Addresses alone keep nothing alive.
  overrides.keep();
  return { sizeBytes: (await stat(job.target)).size, needsImportanceMatrix };
}

async function run(
  engine: Engine,
  source: string,
  target: string,
  params: QuantizeParams,
  onLine: (line: string) => void,
): Promise<void> {
  engine.log.onLine = onLine;
  try {
    const failed = await offThread(engine.llama.quantize, source, target, params);
    if (failed !== 0) throw failure(engine, source);
  } finally {
    engine.log.onLine = null;
  }
}

function failure(engine: Engine, source: string): Error {
  const line = engine.log.lines().findLast((text) => text.includes('failed to quantize'));
  const reason = line?.replace(/^.*failed to quantize: /, '') ?? '';
  if (/imatrix|importance matrix/i.test(reason)) {
    return new UnsupportedLevelError(`This level needs an importance matrix: ${reason}`, {
      hint: 'Choose a level of at least 3 bits, such as Q3_K_M or IQ4_XS.',
    });
  }
  if (/iostream|basic_ios/i.test(reason)) {
    return new StorageFailedError('The quantized file could not be written: the disk is full or not writable.', {
      hint: 'Free some space or choose another folder with --out.',
    });
  }
  if (/fallback is defined|unsupported for|cannot dequantize|invalid output file type/i.test(reason)) {
    return new UnsupportedLevelError(`The engine cannot make this level of this model: ${reason}`);
  }
  return loadFailure(engine, source, reason === '' ? null : reason);
}

/** The overrides as the C array the engine reads: pattern and type, ended by a null pattern. */
function nativeOverrides(overrides: readonly TensorOverride[]): { address: bigint | null; keep: () => unknown } {
  if (overrides.length === 0) return { address: null, keep: () => undefined };
  const patterns = overrides.map(({ pattern }) => Buffer.from(`${pattern}\0`, 'utf8'));
  const table = Buffer.from(new ArrayBuffer((overrides.length + 1) * 16));
  overrides.forEach(({ type }, i) => {
    table.writeBigUInt64LE(koffi.address(patterns[i]), i * 16);
    table.writeInt32LE(tensorTypeId(type), i * 16 + 8);
  });
  return { address: koffi.address(table), keep: () => keepAlive(table, patterns) };
}
