import { tryChangingFiles } from './changing-files.mjs';
import { tryChatTemplates } from './chat-templates.mjs';
import { tryConfigurations } from './configurations.mjs';
import { KILLS } from './kills.mjs';
import { tryModelFiles } from './model-files.mjs';
import { tryPlaces } from './places.mjs';
import { tryService } from './service.mjs';

/** Parts of the suite by name. */
export const PARTS = {
  files: async ({ every }) => [await tryModelFiles({ every })],
  templates: async ({ every }) => [await tryChatTemplates({ every })],
  changing: async ({ every }) => [await tryChangingFiles({ every })],
  config: async () => [await tryConfigurations()],
  places: async () => [await tryPlaces()],
  service: tryService,
  ...KILLS,
};

/**
 * The program on hostile ground: files, configurations and faults, each case with the exit codes, words and memory
 * that are allowed, and ended as hung after a minute. The report has the figures of every group and each failure.
 */
export async function tryHostile({ parts, kills, every }) {
  const tallies = [];
  for (const part of parts) tallies.push(...(await PARTS[part]({ kills, every })));
  const failures = tallies.flatMap(({ failures: failed, figures }) =>
    failed.map((one) => ({ group: figures.group, ...one })),
  );
  return {
    passed: failures.length === 0,
    groups: tallies.map(({ figures }) => figures),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    failures,
  };
}
