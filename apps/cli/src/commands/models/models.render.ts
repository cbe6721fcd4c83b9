import type { ModelsDocument } from '@plimsoll/contract';
import { UNKNOWN, formatBytes } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

/** The models as a table, those in memory marked. `folder` is where the embedded engine looks for files. */
export function renderModels(
  document: ModelsDocument,
  style: Style,
  width: number | null,
  folder: string | null,
): string {
  const { backend, models } = document;
  const where = [backend.version, backend.endpoint === null ? null : `at ${backend.endpoint}`];
  const title = [style.bold(backend.name), ...where.filter((part) => part !== null)].join(' ');
  if (models.length === 0) return `${title}\n\n${emptyAdvice(backend.id, folder)}`;
  const table = renderTable(
    [
      { header: 'MODEL', flexible: true },
      { header: 'LEVEL' },
      { header: 'SIZE', align: 'right' },
      { header: 'PARAMETERS', align: 'right', dropped: 2 },
      { header: 'ARCHITECTURE', dropped: 1 },
      { header: 'IN MEMORY' },
    ],
    models.map(({ name, level, sizeBytes, parameterSize, architecture, resident }) => [
      name,
      level ?? UNKNOWN,
      formatBytes(sizeBytes),
      parameterSize ?? UNKNOWN,
      architecture ?? UNKNOWN,
      resident === null ? '' : style.green(residence(resident)),
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  return `${title}\n\n${table}`;
}

function residence({ sizeBytes, deviceBytes }: NonNullable<ModelsDocument['models'][number]['resident']>): string {
  if (sizeBytes === null) return 'yes';
  return deviceBytes === null
    ? formatBytes(sizeBytes)
    : `${formatBytes(sizeBytes)}, ${formatBytes(deviceBytes)} on device`;
}

function emptyAdvice(backend: string, folder: string | null): string {
  if (folder !== null) {
    return `No models yet. Put GGUF files into ${folder}\nor name a file by its path: plimsoll plan path/to/model.gguf`;
  }
  return backend === 'ollama'
    ? 'No models yet. Get one with: ollama pull llama3.1:8b-instruct-q4_K_M'
    : 'The server offers no models.';
}
