import { escapeHtml } from './html.js';

/** A matrix of a model. */
export interface MapCell {
  /** The tensor's name. */
  readonly tensor: string;
  readonly text: string;
  /** How strongly the cell is coloured, 0 to 1. */
  readonly strength: number;
}

/** Cells by layer and kind of tensor, coloured by their strength; what is of no layer stands in the first row. */
export function layerMap(cells: readonly MapCell[], caption: string): string {
  const rows = new Map<string, Map<string, MapCell>>();
  const kinds = new Set<string>();
  for (const cell of cells) {
    const [, layer = '', kind = cell.tensor] = /^blk\.(\d+)\.(.*)$/.exec(cell.tensor) ?? [];
    const row = rows.get(layer) ?? new Map<string, MapCell>();
    rows.set(layer, row.set(kind, cell));
    kinds.add(kind);
  }
  const shown = [...rows].toSorted(([a], [b]) => Number(a === '' ? -1 : a) - Number(b === '' ? -1 : b));
  const head = [...kinds].map((kind) => `<th scope="col">${escapeHtml(kind.replace(/\.weight$/, ''))}</th>`).join('');
  const body = shown.map(([layer, row]) => {
    const columns = [...kinds].map((kind) => {
      const cell = row.get(kind);
      if (cell === undefined) return '<td></td>';
      const percent = Math.round(Math.max(0, Math.min(1, cell.strength)) * 100);
      return `<td style="--strength:${percent}%" title="${escapeHtml(cell.tensor)}">${escapeHtml(cell.text)}</td>`;
    });
    return `<tr><th scope="row">${layer === '' ? '–' : escapeHtml(layer)}</th>${columns.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="map"><caption>${escapeHtml(caption)}</caption><thead><tr><th scope="col">layer</th>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** Style of maps. */
export const LAYER_MAP_STYLE: string = `
.map { font-size: .8rem; } .map caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
.map td { text-align: center; padding: .25rem .4rem; border: 1px solid var(--paper);
  background: color-mix(in srgb, var(--main) calc(var(--strength, 0%) * .62), var(--card)); }
.map th { padding: .25rem .4rem; text-align: center; } .map th[scope=row] { text-align: right; }
`;
