import { statsDocument } from '@plimsoll/contract';
import { CLOCK } from '@plimsoll/di';
import { InvalidInputError } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import { printable } from '../../output/printable.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import type { StatsFlags } from './stats.flags.js';
import { exportStats, importStats } from './stats.exchange.js';
import { renderStats } from './stats.render.js';

const DAY_MS = 86_400_000;

/** `plimsoll stats`. */
export async function stats(context: CommandContext, model: string | undefined, flags: StatsFlags): Promise<number> {
  checkFlags(flags);
  return withPlimsoll(context, flags, async (plimsoll) => {
    const { loaded, shared } = plimsoll;
    if (flags.import !== undefined) return importStats(context, loaded.settings.storeFile, flags.import);
    const clock = await plimsoll.get(CLOCK);
    const sinceMs = flags.days === undefined ? null : Math.round(clock.nowMs() - flags.days * DAY_MS);
    const filter = { model, backend: flags.backend, sinceMs: sinceMs ?? undefined };
    if (flags.export !== undefined) return exportStats(context, loaded.settings.storeFile, flags.export, filter);
    const statistics = await (await shared.statistics()).statistics(filter);
    const development = await (await shared.regressions()).find(filter);
    const proposing = await shared.proposals();
    const proposals = flags.propose === true || flags.apply === true ? await proposing.propose(model) : null;
    const applied = flags.apply === true && proposals !== null && proposals.length > 0;
    if (applied) await proposing.apply(proposals);
    const document = statsDocument(statistics, sinceMs, development, proposals, applied);
    context.output.result(document, (shown) =>
      renderStats(shown, model === undefined ? null : printable(model), context.output.style, context.output.width),
    );
    return EXIT.done;
  });
}

/** @throws InvalidInputError for flags that do not go together */
function checkFlags({ import: from, export: to, propose, apply }: StatsFlags): void {
  const given = [
    ...(from === undefined ? [] : ['--import']),
    ...(to === undefined ? [] : ['--export']),
    ...(propose === true || apply === true ? [apply === true ? '--apply' : '--propose'] : []),
  ];
  if (given.length < 2) return;
  throw new InvalidInputError(`${given.join(' and ')} do not go together.`, { hint: 'Give one after the other.' });
}
