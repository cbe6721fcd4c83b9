import type { EngineDocument } from '@plimsoll/contract';
import { formatBytes } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

/** What was done, and the builds as a table, the one in use marked. */
export function renderEngine(document: EngineDocument, style: Style, width: number | null): string {
  const { release, builds, added, removed } = document;
  const done = [
    ...(added === null ? [] : [addedWords(added)]),
    ...(removed.length === 0 ? [] : [`Removed ${removed.join(', ')}.`]),
  ];
  const table = renderTable(
    [{ header: '' }, { header: 'BUILD' }, { header: 'HERE' }, { header: 'SIZE', align: 'right' }, { header: 'LACKS' }],
    builds.map(({ name, origin, sizeBytes, missing, inUse }) => [
      inUse ? style.green('→') : '',
      name,
      origin === null ? 'can be added' : ORIGINS[origin],
      formatBytes(sizeBytes),
      missing.join(' '),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  return [...done, ...(done.length === 0 ? [] : ['']), `llama.cpp ${release}`, '', table].join('\n');
}

const ORIGINS = { package: 'with Plimsoll', added: 'added' } as const;

const addedWords = ({ name, devices }: NonNullable<EngineDocument['added']>): string =>
  devices.length === 0
    ? `${name} is here. It sees no device: models run on another build until it does.`
    : `${name} is here. It sees ${devices.join(', ')}.`;
