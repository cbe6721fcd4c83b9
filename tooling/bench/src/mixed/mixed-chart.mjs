import { readFile, writeFile } from 'node:fs/promises';
import { sizeChartSvg } from '@plimsoll/report';

const [rows, target] = process.argv.slice(2);

const STYLE = `
svg { background: #fff; font: 12px system-ui, sans-serif; } text { fill: #17212b; } .quiet { fill: #5b6875; }
.axis { stroke: #d5dce3; } .line { fill: none; stroke: var(--series); stroke-width: 2; } .point { fill: var(--series); }
.series-0 { --series: #5b6875; } .series-1 { --series: #0b6e99; } .series-2 { --series: #b45309; }`;
const NAMES = ['presets', 'presets + importance matrix', 'recipes'];

/** Draws the rows that `npm run bench -- mixed` printed: node mixed-chart.mjs rows.jsonl chart.svg */
const all = (await readFile(rows, 'utf8'))
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line));
const of = (name) => all.filter((row) => row.name.startsWith(name));
const levelOf = (row) => row.name.split(' ').at(-1);
const ours = of('measured sensitivity');
const series = [
  { name: NAMES[0], points: of('preset without').map((row) => ({ bytes: row.bytes.ours, loss: row.ours })) },
  {
    name: NAMES[1],
    points: ours.map((row) => ({ label: levelOf(row), bytes: row.bytes.peer, loss: row.peer })),
  },
  { name: NAMES[2], points: ours.map((row) => ({ bytes: row.bytes.ours, loss: row.ours })) },
];
const legend = NAMES.map(
  (name, i) =>
    `<g class="series-${i}"><circle class="point" cx="490" cy="${34 + 18 * i}" r="4"/></g><text x="502" y="${38 + 18 * i}">${name}</text>`,
).join('');
const svg = sizeChartSvg(series, 'Mean KL divergence from F16 against bytes')
  .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
  .replace(/>/, `><style>${STYLE}</style>`)
  .replace('</svg>', `${legend}</svg>\n`);
await writeFile(target, svg);
