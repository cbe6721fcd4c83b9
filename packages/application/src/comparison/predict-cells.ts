import { createPlan, isPlimsollError } from '@plimsoll/domain';
import type { CallOptions, PartialShape, RecordFacts, SpeedMeasurement } from '@plimsoll/domain';
import type { PlanModel } from '../planning/plan-model.js';
import type { ReadyCell } from './compare-dependencies.js';

/** What the data sheets and the header say about a cell before it is measured: part of its records. */
export interface CellPrediction extends Pick<SpeedMeasurement, 'predictedSpeed'>, Pick<RecordFacts, 'architecture'> {
  /** How the cell is loaded, the cache types excepted. */
  readonly shape: PartialShape;
  readonly predictedBytes: number | null;
}

/** Nothing is predicted where the model cannot be planned; measuring does not depend on it. */
export const NO_PREDICTION: CellPrediction = {
  architecture: null,
  predictedSpeed: null,
  shape: {},
  predictedBytes: null,
};

/** Context that cells are loaded with, unless the model was trained for less. */
const CONTEXT_TOKENS = 4096;

/** Predicts every cell from priors alone, so that measurements teach how far those are off. */
export async function predictCells(
  planner: PlanModel | null,
  model: string,
  cells: readonly ReadyCell[],
  options: CallOptions,
): Promise<ReadonlyMap<ReadyCell, CellPrediction>> {
  if (planner === null) return new Map();
  try {
    const levels = [...new Set(cells.map(({ level }) => level))];
    const keyCacheTypes = [...new Set(cells.map(({ kvCache }) => kvCache))];
    const { request } = await planner.prepare({ model, levels, keyCacheTypes }, options);
    const contextTokens = Math.min(CONTEXT_TOKENS, request.model.contextLength ?? CONTEXT_TOKENS);
    const { candidates } = createPlan({
      ...request,
      contexts: [contextTokens],
      measuredSpeed: undefined,
      calibration: undefined,
      correction: undefined,
    });
    return new Map(
      cells.map((cell) => {
        const matching = candidates.filter(
          ({ level, shape }) => level === cell.level && shape.keyCacheType === cell.kvCache,
        );
        const candidate = matching.find(({ fit }) => fit === 'full') ?? matching[0];
        if (candidate === undefined) return [cell, NO_PREDICTION];
        const { decodeTokensPerSecond, prefillTokensPerSecond } = candidate.expected;
        return [
          cell,
          {
            architecture: request.model.architecture,
            predictedSpeed: {
              decodeTokensPerSecond: decodeTokensPerSecond.value,
              prefillTokensPerSecond: prefillTokensPerSecond.value,
            },
            shape: { contextTokens, placement: { gpuLayers: candidate.shape.placement.gpuLayers } },
            predictedBytes: candidate.footprint.totalBytes,
          },
        ];
      }),
    );
  } catch (error) {
    if (isPlimsollError(error) && error.code === 'cancelled') throw error;
    return new Map();
  }
}
