import { execFileSync } from 'node:child_process';
import { locatePeer } from '@plimsoll-tooling/peers';

/** The path of a built llama.cpp program; says how to get it when it is not there. */
export function requirePeer(name) {
  const program = locatePeer(name);
  if (program === null) throw new Error(`${name} is not built: run npm run peers first.`);
  return program;
}

/** Mean tokens per second of llama-bench's tests at each thread count, best first. */
export function llamaBench({ model, prompt, generate, threads, repeats }) {
  const args = ['-m', model, '-p', prompt, '-n', generate, '-t', threads.join(','), '-r', repeats, '-o', 'json'];
  const said = execFileSync(requirePeer('llama-bench'), args.map(String), { stdio: ['ignore', 'pipe', 'ignore'] });
  const runs = JSON.parse(said.toString());
  const best = (test) => Math.max(...runs.filter(test).map((run) => run.avg_ts));
  return { prefill: best((run) => run.n_gen === 0), decode: best((run) => run.n_prompt === 0) };
}
