import { visibleWidth } from './style.js';

/** One column of a table. */
export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** Gives way, with an ellipsis, when the table is wider than the terminal. */
  readonly flexible?: boolean;
}

/** How a table is laid out. */
export interface TableOptions {
  /** Columns of the terminal, or null for no limit (a pipe or file). */
  readonly maxWidth?: number | null;
  readonly headerStyle?: (text: string) => string;
  readonly indent?: string;
}

const GAP = '  ';
const NARROWEST = 8;

/** Rows under headers, aligned by what is visible. Ends without a newline. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const widths = columns.map((column, index) =>
    Math.max(visibleWidth(column.header), ...rows.map((row) => visibleWidth(row[index] ?? ''))),
  );
  const indent = options.indent ?? '';
  shrink(columns, widths, options.maxWidth ?? null, indent.length);
  const headerStyle = options.headerStyle ?? ((text: string): string => text);
  const line = (cells: readonly string[], style: (text: string) => string): string =>
    (
      indent +
      columns
        .map((column, index) => style(pad(cells[index] ?? '', widths[index] ?? 0, column.align ?? 'left')))
        .join(GAP)
    ).trimEnd();
  return [
    line(
      columns.map(({ header }) => header),
      headerStyle,
    ),
    ...rows.map((row) => line(row, (text) => text)),
  ].join('\n');
}

function shrink(columns: readonly Column[], widths: number[], maxWidth: number | null, indent: number): void {
  if (maxWidth === null) return;
  let excess = indent + widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1) - maxWidth;
  columns.forEach((column, index) => {
    const width = widths[index] ?? 0;
    if (column.flexible !== true || excess <= 0) return;
    const narrowed = Math.max(Math.min(width, NARROWEST), width - excess);
    widths[index] = narrowed;
    excess -= width - narrowed;
  });
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const visible = visibleWidth(text);
  if (visible > width)
    return `${Array.from(text)
      .slice(0, Math.max(0, width - 1))
      .join('')}…`;
  const space = ' '.repeat(width - visible);
  return align === 'right' ? space + text : text + space;
}
