import { planRequestOf } from '@plimsoll/application';
import type { PlanInput } from '@plimsoll/application';
import { planDocument, residentPlanDocument } from '@plimsoll/contract';
import { createPlan, planTogether } from '@plimsoll/domain';
import { errorAnswer } from '../errors/error-answer.js';
import type { ErrorAnswer } from '../errors/error-body.js';

/** What the planning thread is asked. */
export type PlanJob =
  | { readonly kind: 'one'; readonly input: PlanInput }
  | { readonly kind: 'together'; readonly inputs: readonly PlanInput[] };

/** What it answers: the document as JSON, or how the failure is answered. */
export type PlannedAnswer = { readonly json: string } | { readonly refused: ErrorAnswer };

/** Plans, and writes the document. */
export function answerJob(job: PlanJob): PlannedAnswer {
  try {
    const document =
      job.kind === 'one'
        ? planDocument(createPlan(planRequestOf(job.input)))
        : residentPlanDocument(planTogether(job.inputs.map((input) => planRequestOf(input))));
    return { json: JSON.stringify(document) };
  } catch (error) {
    return { refused: errorAnswer(error) };
  }
}
