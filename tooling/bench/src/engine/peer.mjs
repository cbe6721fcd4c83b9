import { execFileSync } from 'node:child_process';
import { locatePeer, shippedPeer } from '@plimsoll-tooling/peers';

/** The path of a built llama.cpp program; says how to get it when it is not there. */
export function requirePeer(name) {
  const program = locatePeer(name);
  if (program === null) throw new Error(`${name} is not built: run npm run peers first.`);
  return program;
}

/**
 * The two llama-bench programs: `shipped` on the libraries that the embedded engine loads too (null where it cannot
 * be built), `own` with the engine that this machine's compiler made of the same release.
 */
export const llamaBenches = () => ({
  shipped: shippedPeer('llama-bench'),
  own: { program: requirePeer('llama-bench') },
});

/**
 * Best mean tokens per second of a llama-bench over the thread counts, for a prompt and for generating, each after
 * `depth` tokens that the context holds already. With `fastest` the best single repeat counts, not the mean of all:
 * on a machine with other work that says more of the engine.
 */
export function llamaBench(bench, { model, prompt, generate, threads, repeats, depth = 0, fastest = false }) {
  const sizes = ['-p', prompt, '-n', generate, '-d', depth];
  const args = ['-m', model, ...sizes, '-t', threads.join(','), '-r', repeats, '-o', 'json'].map(String);
  const options = { cwd: bench.folder, env: bench.environment, stdio: ['ignore', 'pipe', 'ignore'] };
  const runs = JSON.parse(execFileSync(bench.program, args, options).toString());
  const speeds = (run) => (fastest ? run.samples_ts : [run.avg_ts]);
  const best = (test) => Math.max(...runs.filter(test).flatMap(speeds));
  return { prefill: best((run) => run.n_gen === 0), decode: best((run) => run.n_prompt === 0) };
}
