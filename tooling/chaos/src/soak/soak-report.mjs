const MIB_THAT_MAY_GROW = 24;
/** Share of the run that is left out at its start: code is still compiled, caches still fill. */
const WARM_UP = 0.25;
const ROWS = 12;

/** What the samples of a soak say, in numbers and as a table. */
export function soakReport(samples, { minutes, perSecond, failures }) {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const third = Math.max(1, Math.floor(warm.length / 3));
  const before = median(warm.slice(0, third).map(({ rssMiB }) => rssMiB));
  const after = median(warm.slice(-third).map(({ rssMiB }) => rssMiB));
  const grownMiB = after - before;
  const last = samples.at(-1);
  const most = (field) => Math.max(...samples.map((sample) => sample[field]));
  const summary = {
    rssMiB: { before: round(before), after: round(after), most: round(most('rssMiB')) },
    enginesMiB: { most: round(most('enginesMiB')), end: round(last.enginesMiB) },
    sockets: { most: most('sockets'), end: last.sockets },
    files: { most: most('files'), end: last.files },
    processes: { most: most('processes'), end: last.processes },
    growth: grownMiB > MIB_THAT_MAY_GROW ? `${round(grownMiB)} MiB` : null,
  };
  return { ...summary, text: page(samples, summary, { minutes, perSecond, failures }) };
}

function page(samples, summary, { minutes, perSecond, failures }) {
  const [first] = samples;
  const step = Math.max(1, Math.floor(samples.length / ROWS));
  const rows = samples.filter((_, index) => index % step === 0 || index === samples.length - 1);
  const cells = rows.map((row) => [
    Math.round((row.atMs - first.atMs) / 60_000),
    ...[row.answered, row.refused, row.wrong, row.left],
    ...[row.p50Ms, row.p99Ms].map((ms) => (ms === null ? '' : Math.round(ms))),
    ...[row.rssMiB, row.enginesMiB].map(Math.round),
    ...[row.processes, row.sockets, row.files],
  ]);
  const head = ['minute', 'answered', 'refused', 'wrong', 'left', 'p50 ms', 'p99 ms', 'RSS MiB', 'engines MiB'];
  const table = [[...head, 'processes', 'sockets', 'files'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => String(row[column]).length)));
  const text = table.map((row) => row.map((cell, column) => String(cell).padStart(widths[column])).join('  '));
  return [
    `${minutes} minutes, ${perSecond} requests a second, ended ${new Date(samples.at(-1).atMs).toISOString()}, Node ${process.version}`,
    '',
    ...text,
    '',
    JSON.stringify(summary),
    failures.length === 0 ? 'No failures.' : `Failures: ${JSON.stringify(failures)}`,
    '',
  ].join('\n');
}

const round = (number) => Math.round(number * 10) / 10;

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
