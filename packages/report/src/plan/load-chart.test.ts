import { createPlan, memoryBudget } from '@plimsoll/domain';
import type { PlanRequest } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { GIB, planInput } from './__fixtures__/plan-input.js';
import { loadChart } from './load-chart.js';
import { loadLine, loadScale } from './load-scale.js';

const planOf = (overrides: Partial<PlanRequest> = {}) => createPlan(planInput(overrides).request);

/** What a reader sees of a row: its classes, and left and right edge of every part in percent. */
function rowsOf(html: string) {
  return [...html.matchAll(/<li class="row ([^"]*)" data-level="([^"]*)">(.*?)<\/li>/g)].map(
    ([, classes = '', level = '', content = '']) => ({
      classes: classes.split(' '),
      level,
      parts: [...content.matchAll(/<i class="([^"]*)" style="left:([\d.]+)%(?:;width:([\d.]+)%)?/g)].map(
        ([, name = '', left, width]) => ({ name, left: Number(left), right: Number(left) + Number(width ?? 0) }),
      ),
      text: content.replaceAll(/<[^>]*>/g, ' '),
    }),
  );
}

const part = (row: ReturnType<typeof rowsOf>[number] | undefined, name: string) =>
  row?.parts.find((found) => found.name === name);

test('what fits ends before the load line, in the order and with the widths of its bytes', () => {
  const plan = planOf();
  const line = loadLine(plan);
  const { mostBytes } = loadScale(plan, line);
  const row = rowsOf(loadChart(plan)).find(({ level }) => level === 'Q4_K_M');
  const candidate = plan.candidates.find(({ level }) => level === 'Q4_K_M')!;
  const device = candidate.footprint.devices[0]!;
  expect(row?.classes).toContain('full');
  expect(part(row, 'weights')?.right).toBeCloseTo((device.weightsBytes / mostBytes) * 100, 2);
  expect(part(row, 'cache')?.left).toBe(part(row, 'weights')?.right);
  expect(part(row, 'compute')?.right).toBeCloseTo((device.totalBytes / mostBytes) * 100, 2);
  expect(part(row, 'compute')!.right).toBeLessThan(part(row, 'line')!.left);
  expect(part(row, 'over')).toBeUndefined();
});

test('the recommended level alone is marked', () => {
  const plan = planOf();
  const chosen = rowsOf(loadChart(plan)).filter(({ classes }) => classes.includes('chosen'));
  expect(chosen.map(({ level }) => level)).toEqual([plan.recommended?.candidate.level]);
  expect(chosen[0]?.text).toContain('recommended');
});

test('what does not fit is overloaded from the line on', () => {
  const plan = planOf({ constraints: { allowPartial: false } });
  const rows = rowsOf(loadChart(plan)).filter(({ classes }) => classes.includes('none'));
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(part(row, 'over')?.left).toBe(part(row, 'line')?.left);
    expect(part(row, 'over')!.right).toBeGreaterThan(part(row, 'over')!.left);
    expect(row.text).toContain('overloaded');
  }
});

test('what a split leaves to the host is outlined beyond the line, not hatched', () => {
  const row = rowsOf(loadChart(planOf())).find(({ classes }) => classes.includes('partial'));
  expect(part(row, 'ashore')?.left).toBe(part(row, 'line')?.left);
  expect(part(row, 'over')).toBeUndefined();
});

test('a huge overload is cut at the edge and does not press the others together', () => {
  const budget = memoryBudget({
    devices: [{ name: 'small', memory: 'dedicated', totalBytes: 2 * GIB, freeBytes: 2 * GIB }],
    host: { totalBytes: 4 * GIB, freeBytes: 4 * GIB },
    marginFraction: 0,
    limitBytes: null,
  });
  const html = loadChart(planOf({ budget }));
  expect(html).toContain('class="cut"');
  for (const { parts } of rowsOf(html)) for (const { right } of parts) expect(right).toBeLessThanOrEqual(100.001);
});

test('without a device the line is that of the host, and there is none when its memory is not known', () => {
  const budgetOf = (totalBytes: number | null) =>
    memoryBudget({ devices: [], host: { totalBytes, freeBytes: null }, marginFraction: 0, limitBytes: null });
  expect(loadChart(planOf({ budget: budgetOf(8 * GIB) }))).toContain('host memory');
  const unknown = loadChart(planOf({ budget: budgetOf(null) }));
  expect(unknown).not.toContain('class="line"');
  expect(rowsOf(unknown).every(({ classes }) => classes.includes('full'))).toBe(true);
});

test('the legend explains what is to be seen, and nothing else', () => {
  const legendOf = (html: string) => /<p class="legend">(.*?)<\/p>/.exec(html)?.[1]?.replaceAll(/<[^>]*>/g, '|') ?? '';
  const fits = legendOf(loadChart(planOf({ levels: ['Q4_K_M', 'Q4_0'] })));
  expect(fits).toContain('KV cache');
  expect(fits).not.toMatch(/recurrent|overload|left to the host/);
  expect(legendOf(loadChart(planOf({ constraints: { allowPartial: false } })))).toContain('overload');
});

test('nothing is ever NaN or infinite', () => {
  for (const bytes of [0, 1, GIB, 1000 * GIB]) {
    const budget = memoryBudget({
      devices: [{ name: 'any', memory: 'dedicated', totalBytes: bytes, freeBytes: bytes }],
      host: { totalBytes: null, freeBytes: null },
      marginFraction: 0.1,
      limitBytes: null,
    });
    expect(loadChart(planOf({ budget }))).not.toMatch(/NaN|Infinity|undefined/);
  }
});
