import { describe, expect, it } from 'vitest';
import { COLOURED } from './style.js';
import { renderTable } from './table.js';

describe('renderTable', () => {
  it('aligns columns by their widest cell, without spaces at the end of a line', () => {
    const table = renderTable(
      [{ header: 'LEVEL' }, { header: 'SIZE', align: 'right' }],
      [
        ['Q4_K_M', '4.58 GiB'],
        ['F16', '15 GiB'],
      ],
    );
    expect(table).toBe('LEVEL       SIZE\nQ4_K_M  4.58 GiB\nF16       15 GiB');
  });

  it('does not count decorations, and counts wide characters twice', () => {
    const table = renderTable(
      [{ header: 'A' }, { header: 'B' }],
      [
        [COLOURED.green('ok'), '1'],
        ['模型', '2'],
      ],
    );
    expect(table.split('\n')[1]).toBe(`${COLOURED.green('ok')}    1`);
    expect(table.split('\n')[2]).toBe('模型  2');
  });

  it('shortens a flexible column to fit the terminal, and none where there is no terminal', () => {
    const columns = [{ header: 'MODEL', flexible: true }, { header: 'LEVEL' }];
    const rows = [['a-very-long-name-of-a-model', 'Q4_K_M']];
    expect(renderTable(columns, rows, { maxWidth: 24 }).split('\n')[1]).toBe('a-very-long-nam…  Q4_K_M');
    expect(renderTable(columns, rows).split('\n')[1]).toBe('a-very-long-name-of-a-model  Q4_K_M');
  });

  it('leaves columns out before it shortens a name below what tells it apart', () => {
    const columns = [
      { header: 'MODEL', flexible: true, least: 20 },
      { header: 'SIZE', dropped: 1 },
      { header: 'LEVEL' },
    ];
    const rows = [['a-very-long-name-of-a-model', '4.58 GiB', 'Q4_K_M']];
    const at = (maxWidth: number): string => renderTable(columns, rows, { maxWidth }).split('\n')[1] ?? '';
    expect(at(38)).toBe('a-very-long-name-of…  4.58 GiB  Q4_K_M');
    expect(at(37)).toBe('a-very-long-name-of-a-model  Q4_K_M');
    expect(at(24)).toBe('a-very-long-nam…  Q4_K_M');
  });

  it('leaves columns out in their turn when a terminal is too narrow, and says which', () => {
    const columns = [{ header: 'LEVEL' }, { header: 'SIZE', dropped: 2 }, { header: 'LOAD', dropped: 1 }];
    const rows = [['Q4_K_M', '4.58 GiB', '47 ms']];
    const at = (maxWidth: number): readonly string[] => renderTable(columns, rows, { maxWidth }).split('\n');
    expect(at(23)).toEqual(['LEVEL   SIZE      LOAD', 'Q4_K_M  4.58 GiB  47 ms']);
    expect(at(22)).toEqual(['LEVEL   SIZE', 'Q4_K_M  4.58 GiB', 'Not enough room for: LOAD.']);
    expect(at(10)).toEqual(['LEVEL', 'Q4_K_M', 'Not enough room for: SIZE, LOAD.']);
  });
});
