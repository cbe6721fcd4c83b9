import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { pnpm, root } from './run.mjs';

/** Lower ones are shown and stop nothing. */
const STOPS_AT = new Set(['moderate', 'high', 'critical']);

/**
 * Asks the registry for known vulnerabilities in what is shipped. `unknown` with a reason when it does not answer:
 * some mirrors do not serve advisories.
 */
export function audit() {
  const [program, args] = pnpm('audit', '--prod', '--json');
  const { stdout, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const answer = error === undefined ? parsed(stdout) : { error };
  if (answer.error !== undefined) return { verdict: 'unknown', reason: answer.error.message, advisories: [] };
  const advisories = Object.values(answer.advisories ?? {}).map(({ severity, module_name: name, title, url }) => ({
    severity,
    text: `${severity}: ${name}: ${title} (${url})`,
  }));
  return { verdict: advisories.some(({ severity }) => STOPS_AT.has(severity)) ? 'vulnerable' : 'clean', advisories };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { error: new Error(`no JSON: ${text.slice(0, 200)}`) };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { verdict, reason, advisories } = audit();
  for (const { text } of advisories) process.stdout.write(`${text}\n`);
  if (verdict === 'unknown') process.stdout.write(`skipped: the registry gave no advisories: ${reason}\n`);
  else process.stdout.write(`${advisories.length} advisories, ${verdict}\n`);
  process.exitCode = verdict === 'vulnerable' ? 1 : 0;
}
