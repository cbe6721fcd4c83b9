import type { QuantizationError, TensorType } from '@plimsoll/domain';
import { TENSOR_TYPES, needsImportance } from '@plimsoll/domain';
import type { QuantizationErrorJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import { importanceOf } from './tensor-importance.js';
import { floatsOf, quantizeRows } from './quantized-rows.js';
import { SourceTensors, pickTensors } from './source-tensors.js';
import type { SourceTensor } from './source-tensors.js';
import { tensorTypeId } from './tensor-type-id.js';

/** Weights of a tensor that are looked at, at most. */
const MOST_WEIGHTS = 1 << 20;

/** What each type that is possible does to each tensor, by importance-weighted squared error. */
export async function quantizationErrors(engine: Engine, request: QuantizationErrorJob, job: Job): Promise<null> {
  const source = new SourceTensors(engine, request.source);
  try {
    const importance = importanceOf(request.importanceMatrix);
    for (const tensor of pickTensors(source, request.tensors)) {
      const samples = samplesOf(engine, tensor, importance(tensor));
      const isWeighed = samples.every((sample) => sample.importance !== null);
      const isPossible = (type: TensorType): boolean =>
        tensor.columns % TENSOR_TYPES[type].blockWeights === 0 && (isWeighed || !needsImportance(tensor.name, type));
      const errors: QuantizationError[] = [];
      const share = samples.reduce((sum, { values }) => sum + values.length, 0) / (tensor.rows * tensor.columns);
      for (const type of request.types.filter(isPossible)) {
        let error = 0;
        for (const sample of samples) {
          const typeId = tensorTypeId(type);
          const stored = await quantizeRows(engine, sample, typeId, sample.importance);
          error += weightedError(sample, floatsOf(engine, stored, typeId, sample.values.length));
        }
        errors.push({ tensor: tensor.name, type, error: error / share });
        await job.breathe();
      }
      job.emit(errors);
    }
    return null;
  } finally {
    source.close();
  }
}

interface Sample {
  readonly values: Float32Array<ArrayBuffer>;
  readonly columns: number;
  readonly importance: Float32Array<ArrayBuffer> | null;
}

/** Rows of each matrix of a tensor, evenly spread. */
function samplesOf(
  engine: Engine,
  tensor: SourceTensor,
  importance: (matrix: number) => Float32Array<ArrayBuffer> | null,
): Sample[] {
  const { columns, matrices } = tensor;
  const rows = tensor.rows / matrices;
  const rowBytes = tensor.bytes / tensor.rows;
  const taken = Math.max(1, Math.min(rows, Math.floor(MOST_WEIGHTS / (columns * matrices))));
  return Array.from({ length: matrices }, (_, matrix) => {
    const bytes = new Uint8Array(new ArrayBuffer(taken * rowBytes));
    for (let i = 0; i < taken; i++) {
      const row = matrix * rows + Math.floor((i * rows) / taken);
      tensor.read(bytes.subarray(i * rowBytes, (i + 1) * rowBytes), row * rowBytes);
    }
    const values = floatsOf(engine, bytes, tensor.typeId, taken * columns);
    return { values, columns, importance: importance(matrix) };
  });
}

function weightedError({ values, columns, importance }: Sample, stored: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += ((values[i] ?? 0) - (stored[i] ?? 0)) ** 2 * (importance?.[i % columns] ?? 1);
  }
  return sum;
}
