import type { ModelArchitecture } from '../model/architecture.js';
import type { ModelHeader } from '../model/model-header.js';

/** What is alive at once while a state-space layer computes, in 32-bit values, beside its inputs. */
export interface StateSpaceRow {
  readonly perToken: number;
  readonly perSequence: number;
}

/**
 * The widest moment of a Mamba layer: the scan, whose result stands beside what it reads. That is the projected input
 * (the gate is a view of it), the convolution's input, whose room the time steps take in Mamba 1, the convolved values
 * and the result. Convolution input and result end with the state of each sequence, and one more convolution state was
 * copied out before. Null for other models, of whose recurrences (RWKV, short convolutions) another moment is the peak
 * or none is known.
 * Source: llama.cpp v0.5.0 `src/models/mamba-base.cpp`, `build_mamba_layer` and `build_mamba2_layer`.
 */
export function stateSpaceRow(architecture: ModelArchitecture, header: ModelHeader): StateSpaceRow | null {
  const { recurrent } = architecture;
  const rows = (name: string): number =>
    header.tensors.reduce(
      (most, { name: found, shape }) => (found.endsWith(name) ? Math.max(most, shape[1] ?? 0) : most),
      0,
    );
  const projected = rows('.ssm_in.weight');
  const convolved = rows('.ssm_conv1d.weight');
  if (recurrent === null || projected === 0 || convolved === 0) return null;
  const perSequence = 2 * recurrent.convolutionValues + recurrent.stateValues;
  // Mamba 2 projects gate, values, inputs, outputs and time steps at once; Mamba 1 gate and values.
  const isFirst = rows('.ssm_x.weight') > 0;
  const inner = isFirst
    ? convolved
    : (header.tensors.find(({ name }) => name.endsWith('.ssm_out.weight'))?.shape[0] ?? 0);
  return { perToken: projected + 2 * convolved + inner, perSequence };
}
