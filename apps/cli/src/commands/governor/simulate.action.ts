import { readFile } from 'node:fs/promises';
import type { SimulationDocument } from '@plimsoll/contract';
import { InvalidInputError } from '@plimsoll/domain';
import type * as Simulation from '@plimsoll/simulation';
import type { SimulatedPolicy, Trace } from '@plimsoll/simulation';
import { EXIT } from '../../errors/exit-codes.js';
import { UNKNOWN, formatNumber } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';
import { checkWritable, writeWhole } from '../../output/write-file.js';
import type { CommandContext } from '../command-context.js';
import type { GovernorFlags } from './governor.flags.js';

type Simulator = typeof Simulation;

/** `plimsoll governor simulate`: what the rules would have done, beside simpler ones. */
export async function simulateTraces(
  { output }: CommandContext,
  name: string | undefined,
  flags: GovernorFlags,
): Promise<number> {
  const simulation = await import('@plimsoll/simulation');
  const { TRACES, governed, readTrace, simulate, simulationPicture } = simulation;
  const traces = name === undefined ? await Promise.all(TRACES.map(readTrace)) : [await findTrace(simulation, name)];
  if (flags.svg !== undefined) {
    const [trace, ...more] = traces;
    if (trace === undefined || more.length > 0) {
      throw new InvalidInputError('A picture is of one trace.', {
        hint: `Name it: plimsoll governor simulate ${TRACES[0] ?? ''} --svg ${flags.svg}`,
      });
    }
    await checkWritable('--svg', flags.svg);
    await writeWhole(flags.svg, simulationPicture(simulate(trace, governed())));
  }
  const document: SimulationDocument = {
    schema: 'plimsoll.simulation/1',
    runs: traces.flatMap((trace) => policies(simulation).map((policy) => runOf(simulation, trace, policy))),
  };
  output.result(document, (shown) => render(shown, output.style, output.width));
  return EXIT.done;
}

/** Policies keep state: each run has its own. */
const policies = (of: Simulator): readonly SimulatedPolicy[] => [
  ...[of.governed(), of.oneThreshold(), of.leastRecentlyUsedOut(), of.alwaysSmallest(), of.alwaysBest()],
];

function runOf({ simulate }: Simulator, trace: Trace, policy: SimulatedPolicy): SimulationDocument['runs'][number] {
  const { score, decisions } = simulate(trace, policy);
  return { trace: trace.name, policy: policy.name, decisions: decisions.length, ...score };
}

async function findTrace({ TRACES, parseTrace, readTrace }: Simulator, name: string): Promise<Trace> {
  if (TRACES.includes(name)) return readTrace(name);
  try {
    return parseTrace(await readFile(name, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new InvalidInputError(`There is no trace ${name}.`, {
        hint: `Name a .jsonl file, or one of ours: ${TRACES.join(', ')}`,
        cause,
      });
    }
    throw cause;
  }
}

function render({ runs }: SimulationDocument, style: Style, width: number | null): string {
  const rows = runs.map((run, index) => [
    runs[index - 1]?.trace === run.trace ? '' : run.trace,
    run.policy,
    String(run.lost),
    String(run.late),
    formatNumber(run.overLineSeconds),
    run.meanLoss === null ? UNKNOWN : run.meanLoss.toFixed(3),
    String(run.switches),
  ]);
  const columns = [
    { header: 'TRACE' },
    { header: 'RULES', flexible: true, least: 26 },
    { header: 'LOST', align: 'right' },
    { header: 'LATE', align: 'right', dropped: 2 },
    { header: 'OVER LINE, S', align: 'right' },
    { header: 'MEAN LOSS', align: 'right' },
    { header: 'SWITCHES', align: 'right', dropped: 1 },
  ] as const;
  const table = renderTable([...columns], rows, { maxWidth: width, headerStyle: style.dim });
  return `${table}\n\n${[
    'Lost: requests without an answer. Over line: seconds with more in memory than',
    'there is. Mean loss: KL divergence over all tokens. Simulated, not measured.',
  ].join('\n')}`;
}
