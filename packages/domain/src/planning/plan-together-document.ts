import type { PlanModel } from './plan.js';
import type { BudgetDocument, CandidateDocument } from './plan-document.js';
import { budgetDocument, candidateDocument } from './plan-document.js';
import type { ResidentPlan } from './plan-together.js';

/** Several models in memory at once, as the command line prints it: `plimsoll.plan-together/1`. */
export interface ResidentPlanDocument {
  readonly schema: 'plimsoll.plan-together/1';
  readonly budget: BudgetDocument;
  /** Whether all can be resident at once. */
  readonly fits: boolean;
  /** In the order they were named; empty when they do not all fit. */
  readonly models: readonly {
    readonly model: PlanModel;
    /** Index of the device that holds it; null for the host. */
    readonly device: number | null;
    readonly candidate: CandidateDocument;
  }[];
  /** All of them together, the learned overhead included. */
  readonly totalBytes: number;
  /** Bytes missing even at the smallest of everything; 0 when all fit. */
  readonly shortBytes: number;
  readonly reasons: readonly string[];
}

/** Models in memory at once as a JSON document. */
export function residentPlanDocument({ budget, models, shortBytes, reasons }: ResidentPlan): ResidentPlanDocument {
  const resident = models ?? [];
  return {
    schema: 'plimsoll.plan-together/1',
    budget: budgetDocument(budget),
    fits: models !== null,
    models: resident.map(({ model, device, candidate }) => ({
      model,
      device,
      candidate: candidateDocument(candidate),
    })),
    totalBytes: resident.reduce(
      (sum, { candidate }) => sum + candidate.footprint.totalBytes + candidate.overheadBytes,
      0,
    ),
    shortBytes,
    reasons,
  };
}
