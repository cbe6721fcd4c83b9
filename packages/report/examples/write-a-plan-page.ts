import type { PlanModel, PlanModelRequest } from '@plimsoll/application';
import { planPage } from '@plimsoll/report';
import { writeFile } from 'node:fs/promises';

/** Writes a plan as a page in which memory, context and cache can be moved. */
export async function writePlanPage(planner: PlanModel, request: PlanModelRequest, file: string): Promise<void> {
  await writeFile(file, planPage(await planner.prepare(request)));
}
