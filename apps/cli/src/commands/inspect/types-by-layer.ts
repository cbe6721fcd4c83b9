import type { ModelHeader } from '@plimsoll/domain';
import { UNKNOWN } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

const COLUMN_GAP = 2;
const INDENT = 2;
const USUAL_WIDTH = 80;

/**
 * Which type the matrices of each layer have, by kind: neighbouring layers that have the same stand in one line, and
 * kinds that do not fit beside each other in a further table. Null where every kind has one type in all layers, since
 * the table of types says it all then.
 */
export function renderTypesByLayer({ tensors }: ModelHeader, style: Style, width: number | null): string | null {
  const byKind = new Map<string, Map<number, string>>();
  for (const { name, shape, type } of tensors) {
    const [, layer, kind] = /^blk\.(\d+)\.(.+)\.weight$/.exec(name) ?? [];
    if (layer === undefined || kind === undefined || shape.filter((n) => n > 1).length < 2) continue;
    const types = byKind.get(kind) ?? new Map<number, string>();
    byKind.set(kind, types.set(Number(layer), type ?? UNKNOWN));
  }
  if ([...byKind.values()].every((types) => new Set(types.values()).size === 1)) return null;
  const layers = [...new Set([...byKind.values()].flatMap((types) => [...types.keys()]))].sort((a, b) => a - b);
  return bands(byKind, (width ?? USUAL_WIDTH) - INDENT)
    .map((kinds) =>
      renderTable(
        [{ header: 'LAYERS' }, ...kinds.map((kind) => ({ header: kind }))],
        runs(layers, (layer) => kinds.map((kind) => byKind.get(kind)?.get(layer) ?? UNKNOWN)),
        { headerStyle: style.dim, indent: ' '.repeat(INDENT) },
      ),
    )
    .join('\n\n');
}

/** Kinds that fit beside each other. */
function bands(byKind: ReadonlyMap<string, ReadonlyMap<number, string>>, width: number): string[][] {
  const found: string[][] = [];
  let left = 0;
  for (const [kind, types] of byKind) {
    const wanted = Math.max(kind.length, ...[...types.values()].map((type) => type.length)) + COLUMN_GAP;
    const band = found.at(-1);
    if (band !== undefined && wanted <= left) {
      band.push(kind);
      left -= wanted;
    } else {
      found.push([kind]);
      left = width - 'LAYERS'.length - wanted;
    }
  }
  return found;
}

/** One row for each run of layers with the same cells. */
function runs(layers: readonly number[], cellsOf: (layer: number) => readonly string[]): string[][] {
  const rows: { first: number; last: number; readonly cells: readonly string[] }[] = [];
  for (const layer of layers) {
    const cells = cellsOf(layer);
    const row = rows.at(-1);
    if (row !== undefined && row.last === layer - 1 && row.cells.join() === cells.join()) row.last = layer;
    else rows.push({ first: layer, last: layer, cells });
  }
  return rows.map(({ first, last, cells }) => [first === last ? `${first}` : `${first}-${last}`, ...cells]);
}
