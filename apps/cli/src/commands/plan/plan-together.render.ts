import type { ResidentPlanDocument } from '@plimsoll/contract';
import { formatBytes, formatCount } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable, type Column } from '../../output/table.js';
import { budgetLines } from './plan.render.js';

const right = (header: string): Column => ({ header, align: 'right' });

/** Several models in memory at once, for people: who gets which level and what it takes. */
export function renderResidentPlan(
  document: ResidentPlanDocument,
  names: readonly string[],
  style: Style,
  width: number | null,
): string {
  const { budget, fits, models, totalBytes, shortBytes, reasons } = document;
  const lines = [style.bold(`${names.length} models at once`), ...budgetLines(document), ''];
  if (!fits) {
    lines.push(style.red(`They do not fit together: ${formatBytes(shortBytes)} short.`));
    return [...lines, ...reasons.map((reason) => `  ${reason}`)].join('\n');
  }
  const columns = [
    { header: 'MODEL', flexible: true },
    { header: 'LEVEL' },
    { header: 'KV CACHE', dropped: 1 },
    { ...right('CONTEXT'), dropped: 2 },
    right('TAKES'),
  ];
  const rows = models.map(({ candidate, device }, index) => [
    names[index] ?? '',
    candidate.level,
    candidate.kvCache,
    formatCount(candidate.context),
    formatBytes(candidate.footprint.total + candidate.overheadBytes),
    device === null ? 'the host' : (budget.devices[device]?.name ?? `device ${device}`),
  ]);
  lines.push(
    renderTable([...columns, { header: 'ON' }], rows, { maxWidth: width, headerStyle: style.dim }),
    '',
    `Together: ${formatBytes(totalBytes)}`,
    ...reasons.map((reason) => `  • ${reason}`),
  );
  return lines.join('\n');
}
