import { execFileSync } from 'node:child_process';

const MOST_TRIES = 10;

/**
 * What a llama.cpp program prints on stdout, up to and with a line that has to be there. Their log is written by a thread
 * of its own, whose last lines are lost now and then as the program ends; it is then run again.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RegExp} last
 * @returns {string}
 */
export function peerSays(program, args, last) {
  let said = '';
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    said = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (last.test(said)) return said;
  }
  throw new Error(`${program} did not print ${last} in ${MOST_TRIES} runs; the last one printed:\n${said}`);
}
