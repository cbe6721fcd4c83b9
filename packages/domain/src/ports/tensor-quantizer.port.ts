import type { TensorType } from '../quantization/tensor-type.js';
import type { CallOptions } from './abort-signal.js';

/** What tensors are quantized from, and with what. */
export interface TensorSource {
  /** Name or path of the model, at full precision. */
  readonly source: string;
  /** Path of an importance matrix. */
  readonly importanceMatrix?: string | undefined;
}

/** Asks what types do to tensors. */
export interface QuantizationErrorRequest extends TensorSource {
  readonly tensors: readonly string[];
  /** Those that a tensor's rows do not divide into are passed over. */
  readonly types: readonly TensorType[];
}

/** What one type does to one tensor. */
export interface QuantizationError {
  readonly tensor: string;
  readonly type: TensorType;
  /**
   * Squared error of the stored weights, each times the mean squared input of its column, summed over the tensor; of a
   * large tensor estimated from some of its rows. It compares types of one tensor: errors of different tensors do
   * different harm.
   */
  readonly error: number;
}

/** Asks for a file in which some tensors have another type. */
export interface SpliceRequest extends TensorSource {
  /** Path of the file. */
  readonly target: string;
  /** Types by tensor; every other tensor is copied as it is. */
  readonly types: ReadonlyMap<string, TensorType>;
}

/** Quantizes single tensors as a quantizer of whole files does, for files that are made to be measured. */
export interface TensorQuantizer {
  /**
   * The errors of one tensor after the other.
   * @throws InvalidInputError, ModelNotFoundError, InvalidModelFileError, CancelledError
   */
  errors(request: QuantizationErrorRequest, options?: CallOptions): AsyncIterable<readonly QuantizationError[]>;
  /**
   * Writes a file that loads like its source. Tensors that were quantized before are kept in memory, so that the next
   * file takes little more than a copy.
   * @throws InvalidInputError, ModelNotFoundError, InvalidModelFileError, StorageFailedError, CancelledError
   */
  splice(request: SpliceRequest, options?: CallOptions): Promise<void>;
}
