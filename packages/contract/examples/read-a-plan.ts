import type { PlanDocument } from '@plimsoll/contract';
import { planSchema } from '@plimsoll/contract/schemas';

/** The level that a plan recommends, from what `plimsoll plan --json` printed or `POST /plan` answered. */
export function recommendedLevel(json: string): string | null {
  const plan: PlanDocument = planSchema.parse(JSON.parse(json));
  return plan.recommended?.level ?? null;
}
