import { InvalidInputError, StorageFailedError, UnsupportedLevelError } from '@plimsoll/domain';
import type { TensorOverride } from '@plimsoll/domain';
import { tensorTypeId } from './tensor-type-id.js';
import koffi from 'koffi';
import type { QuantizationPlan, QuantizeJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { keepAlive } from '../native/keep-alive.js';
import { offThread } from '../native/libllama.js';
import type { QuantizeParams } from '../native/libllama.js';
import { headerValues, nativeValues } from './header-values.js';
import { DryRunReader } from './dry-run-reader.js';
import type { Job } from './job.js';
import { expectedImportance, nativeImportance } from './native-importance.js';
import type { NativeImportance } from './native-importance.js';
import { loadFailure } from './load-failure.js';
import { outputHeaderBytes } from './output-header.js';

const FULL_PRECISION = new Set(['f32', 'f16', 'bf16']);

/** What quantizing a file would give, by the quantizer itself; nothing is written. */
export async function planQuantization(engine: Engine, job: QuantizeJob): Promise<QuantizationPlan> {
  const plan = new DryRunReader();
  const { importanceMatrix, expectedMatrix } = job;
  const expected = importanceMatrix === null && expectedMatrix !== null;
  const importance = expected ? expectedImportance(expectedMatrix) : nativeImportance(importanceMatrix);
  await run(engine, job, importance, '', { dry_run: true }, (line) => plan.read(line));
  importance.check(plan.tensors);
  const lossy = plan.tensors.find((tensor) => tensor.to !== tensor.from && !FULL_PRECISION.has(tensor.from));
  if (lossy !== undefined && !job.allowRequantize) {
    throw new InvalidInputError(
      `The source is already quantized (${lossy.name} is ${lossy.from}); quantizing it again loses quality twice.`,
      { hint: 'Start from an F16, BF16 or F32 file, or allow requantization.' },
    );
  }
  return {
    sizeBytes:
      outputHeaderBytes(engine, job.source, [...importance.values, ...headerValues(job.metadata)]) +
      plan.paddedTensorBytes(),
    tensors: plan.tensors.length,
    needsImportanceMatrix: plan.needsImportanceMatrix,
  };
}

/** Writes the quantized file, tensor by tensor. */
export async function quantize(
  engine: Engine,
  { target, ...job }: QuantizeJob & { readonly target: string },
  call: Job,
): Promise<null> {
  engine.log.clear();
  await run(engine, job, nativeImportance(job.importanceMatrix), target, {}, (line) => {
    const progress = /^\[\s*(\d+)\/\s*(\d+)\]/.exec(line);
    if (progress === null) return;
    call.emit({ completed: Number(progress[1]), total: Number(progress[2]) });
    call.flush();
  });
  return null;
}

async function run(
  engine: Engine,
  job: QuantizeJob,
  importance: NativeImportance,
  target: string,
  change: Partial<QuantizeParams>,
  onLine: (line: string) => void,
): Promise<void> {
  const overrides = nativeOverrides(job.overrides);
  const values = nativeValues([...importance.values, ...headerValues(job.metadata)]);
  const params: QuantizeParams = {
    ...engine.llama.quantizeDefaults(),
    ftype: job.fileType,
    nthread: job.threads,
    allow_requantize: job.allowRequantize,
    tt_overrides: overrides.address,
    imatrix: importance.address,
    kv_overrides: values.address,
    ...change,
  };
  engine.log.onLine = onLine;
  try {
    const failed = await offThread(engine.llama.quantize, job.source, target, params);
    if (failed !== 0) throw failure(engine, job.source);
  } finally {
    engine.log.onLine = null;
    // Addresses alone keep nothing alive.
    overrides.keep();
    importance.keep();
    values.keep();
  }
}

function failure(engine: Engine, source: string): Error {
  const line = engine.log.lines().findLast((text) => text.includes('failed to quantize'));
  const reason = line?.replace(/^.*failed to quantize: /, '') ?? '';
  if (/imatrix|importance matrix/i.test(reason)) {
    return new UnsupportedLevelError(`This level needs an importance matrix: ${reason}`, {
      hint: 'Quantize with an importance matrix, or choose a level of at least 3 bits, such as Q3_K_M or IQ4_XS.',
      remedies: [{ kind: 'use-options', options: { imatrix: 'auto' } }],
    });
  }
  if (/iostream|basic_ios/i.test(reason)) {
    return new StorageFailedError('The quantized file could not be written: the disk is full or not writable.', {
      hint: 'Free some space or choose another folder.',
      remedies: [{ kind: 'use-options', options: { out: 'PATH' } }],
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
