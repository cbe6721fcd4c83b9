import { residentPlanDocument } from '@plimsoll/contract';
import { InvalidInputError, planTogether as planResidents } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { printablePath } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { withBackend } from '../with-plimsoll.js';
import { renderResidentPlan } from './plan-together.render.js';
import { requestOf } from './plan.action.js';
import type { PlanFlags } from './plan.flags.js';

/** Flags about one model. */
const ALONE: readonly (readonly [flag: keyof PlanFlags, option: string])[] = [
  ['html', '--html'],
  ['exact', '--exact'],
  ['as', '--as'],
  ['mmproj', '--mmproj'],
  ['draft', '--draft'],
  ['nCpuMoe', '--n-cpu-moe'],
];

/** `plimsoll plan` with several models: all in memory at once. Exit code 3 when they do not fit. */
export async function planTogether(
  context: CommandContext,
  models: readonly string[],
  flags: PlanFlags,
): Promise<number> {
  const alone = ALONE.find(([flag]) => flags[flag] !== undefined)?.[1];
  if (alone !== undefined) {
    throw new InvalidInputError(`${alone} is about one model; ${models.length} are named.`, {
      hint: `Name one model, or leave ${alone} out.`,
    });
  }
  return withBackend(context, flags, async (use) => {
    const request = requestOf(flags);
    const planned = await Promise.all(
      models.map(async (model) => (await use.planning(model)).prepare({ model, ...request }, context)),
    );
    const document = residentPlanDocument(planResidents(planned.map((prepared) => prepared.request)));
    context.output.result(document, (shown) =>
      renderResidentPlan(shown, models.map(printablePath), context.output.style, context.output.width),
    );
    return document.fits ? EXIT.done : EXIT.nothingFits;
  });
}
