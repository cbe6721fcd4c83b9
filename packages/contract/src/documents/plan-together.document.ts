import type { ResidentPlan } from '@plimsoll/domain';
import type { ResidentPlanDocument } from '../schemas/plan-together.schema.js';
import { residentReasonWords } from '../words/plan.words.js';
import { budgetDocument, candidateDocument } from './plan.document.js';

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
    reasons: reasons.map(residentReasonWords),
  };
}
