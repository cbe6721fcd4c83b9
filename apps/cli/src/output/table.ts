import { visibleWidth } from './style.js';

/** One column of a table. */
export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** Gives way, with an ellipsis, when the table is wider than the terminal. */
  readonly flexible?: boolean;
  /** Characters that a flexible column keeps while others can still be left out; 8 when absent. */
  readonly least?: number;
  /** In which turn the column is left out of a table that is too wide: 1 first. Without it, it always stays. */
  readonly dropped?: number;
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

/**
 * Rows under headers, aligned by what is visible. In a table wider than the terminal flexible columns are shortened
 * and others are left out, which a last line says. Ends without a newline.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const widths = columns.map((column, index) =>
    Math.max(visibleWidth(column.header), ...rows.map((row) => visibleWidth(row[index] ?? ''))),
  );
  const indent = options.indent ?? '';
  const maxWidth = options.maxWidth ?? null;
  const shown = columnsThatFit(columns, widths, maxWidth, indent.length);
  const hidden = columns.filter((_, index) => !shown.includes(index)).map(({ header }) => header);
  shrink(columns, widths, shown, maxWidth, indent.length);
  const headerStyle = options.headerStyle ?? ((text: string): string => text);
  const line = (cells: readonly string[], style: (text: string) => string): string =>
    (
      indent +
      shown
        .map((index) => style(pad(cells[index] ?? '', widths[index] ?? 0, columns[index]?.align ?? 'left')))
        .join(GAP)
    ).trimEnd();
  return [
    line(
      columns.map(({ header }) => header),
      headerStyle,
    ),
    ...rows.map((row) => line(row, (text) => text)),
    ...(hidden.length === 0 ? [] : [indent + headerStyle(`Not enough room for: ${hidden.join(', ')}.`)]),
  ].join('\n');
}

/** Indices of the columns that stay: those to drop go, in turn, until the rest fits with flexible ones at their narrowest. */
function columnsThatFit(
  columns: readonly Column[],
  widths: readonly number[],
  maxWidth: number | null,
  indent: number,
): readonly number[] {
  let shown = [...columns.keys()];
  if (maxWidth === null) return shown;
  const narrowest = widths.map((width, index) =>
    columns[index]?.flexible === true ? Math.min(width, columns[index].least ?? NARROWEST) : width,
  );
  const turns = shown.filter((index) => columns[index]?.dropped !== undefined);
  turns.sort((a, b) => (columns[a]?.dropped ?? 0) - (columns[b]?.dropped ?? 0));
  for (const next of turns) {
    if (totalWidth(narrowest, shown, indent) <= maxWidth) break;
    shown = shown.filter((index) => index !== next);
  }
  return shown;
}

function totalWidth(widths: readonly number[], shown: readonly number[], indent: number): number {
  return indent + shown.reduce((sum, index) => sum + (widths[index] ?? 0), 0) + GAP.length * (shown.length - 1);
}

function shrink(
  columns: readonly Column[],
  widths: number[],
  shown: readonly number[],
  maxWidth: number | null,
  indent: number,
): void {
  if (maxWidth === null) return;
  let excess = totalWidth(widths, shown, indent) - maxWidth;
  // Every column gives way to what it should keep before any goes below that.
  for (const keepsLeast of [true, false]) {
    for (const index of shown) {
      const [column, width] = [columns[index], widths[index] ?? 0];
      if (column?.flexible !== true || excess <= 0) continue;
      const least = keepsLeast ? (column.least ?? NARROWEST) : NARROWEST;
      const narrowed = Math.max(Math.min(width, least), width - excess);
      widths[index] = narrowed;
      excess -= width - narrowed;
    }
  }
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
