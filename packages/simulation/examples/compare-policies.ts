import { alwaysBest, governed, parseTrace, simulate } from '@plimsoll/simulation';
import { readFile } from 'node:fs/promises';

const trace = parseTrace(await readFile(new URL('../traces/game-comes-and-goes.jsonl', import.meta.url), 'utf8'));
for (const policy of [governed(), alwaysBest()]) {
  const { score } = simulate(trace, policy);
  console.log(`${policy.name}: ${score.lost} lost, ${score.overLineSeconds} s over the line`);
}
