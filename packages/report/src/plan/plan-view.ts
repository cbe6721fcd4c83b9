import { createPlan } from '@plimsoll/domain';
import type { PlanRequest } from '@plimsoll/domain';
import { loadChart } from './load-chart.js';
import { shownCandidates } from './shown-candidates.js';
import { planTable } from './plan-table.js';
import { headline, reasonsList } from './plan-verdict.js';

/** The parts of a page that change with the controls, as HTML. */
export interface PlanView {
  readonly headline: string;
  readonly reasons: string;
  readonly chart: string;
  readonly table: string;
}

/** Plans and draws. Errors as `createPlan`. */
export function planView(request: PlanRequest): PlanView {
  const plan = createPlan(request);
  return {
    headline: headline(plan),
    reasons: reasonsList(plan),
    chart: loadChart({ ...plan, candidates: shownCandidates(plan, request.gpuLayers !== undefined) }),
    table: planTable(plan),
  };
}
