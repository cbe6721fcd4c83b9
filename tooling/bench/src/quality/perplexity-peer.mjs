import { spawn } from 'node:child_process';
import { shippedPeer } from '@plimsoll-tooling/peers';
import { requirePeer } from '../engine/peer.mjs';

/**
 * The two llama-perplexity programs: `shipped` on the libraries that the embedded engine loads too (null where it
 * cannot be built), `own` with the engine that this machine's compiler made of the same release.
 */
export const perplexityPeers = () => ({
  shipped: shippedPeer('llama-perplexity'),
  own: { program: requirePeer('llama-perplexity') },
});

/** Evaluates the reference and keeps its log-probabilities in a file. Returns milliseconds. */
export async function keepReference(peer, { model, text, window, threads, file }) {
  const { ms } = await perplexity(peer, ['-m', model, '-f', text, '--kl-divergence-base', file], window, threads);
  return { ms };
}

/** Evaluates a candidate against the kept log-probabilities: llama-perplexity's final figures, and milliseconds. */
export async function divergence(peer, { model, window, threads, file }) {
  const args = ['-m', model, '--kl-divergence', '--kl-divergence-base', file];
  const { ms, output } = await perplexity(peer, args, window, threads);
  const figure = (label) => {
    const found = new RegExp(`${label}\\s*:\\s*([-\\d.]+) ±\\s*([-\\d.]+)`).exec(output);
    if (found === null) throw new Error(`llama-perplexity did not print ${label}:\n${output.slice(-2000)}`);
    return { value: Number(found[1]), standardError: Number(found[2]) };
  };
  const percent = ({ value, standardError }) => ({ value: value / 100, standardError: standardError / 100 });
  return {
    ms,
    meanKld: figure('Mean +KLD'),
    perplexityRatio: figure('Mean PPL\\(Q\\)/PPL\\(base\\)'),
    sameTopToken: percent(figure('Same top p')),
    rmsDeltaP: percent(figure('RMS Δp')),
  };
}

const TRIES = 5;

/** On a busy machine the program may end before its log is written out: then it is run again. */
async function perplexity(peer, args, window, threads) {
  for (let tries = 1; ; tries += 1) {
    const result = await run(peer, args, window, threads);
    if (/Final estimate|Same top p:/.test(result.output)) return result;
    if (tries === TRIES) throw new Error(`llama-perplexity told no result:\n${result.output.slice(-2000)}`);
  }
}

/** One run; its whole time counts, that of loading too. */
function run(peer, args, window, threads) {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const where = { cwd: peer.folder, env: peer.environment };
    const all = [...args, '-c', String(window), '-t', String(threads)];
    const child = spawn(peer.program, all, { ...where, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ ms: performance.now() - startedMs, output });
      else reject(new Error(`llama-perplexity ended with ${code}:\n${output.slice(-2000)}`));
    });
  });
}
