import { CancelledError } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { StopRequest } from './errors/stop-request.js';
import { runProgram } from './run-program.js';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function plimsoll(args: readonly string[], signal = new AbortController().signal): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await runProgram(args, {
    stdin: (async function* () {})(),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    signal,
    version: '1.2.3',
    nowMs: () => 0,
  });
  return { code, stdout, stderr };
}

describe('runProgram', () => {
  it('shows help on stdout when asked for it or for nothing', async () => {
    for (const args of [
      [],
      ['--help'],
      ['help'],
      ['gpu', '--help'],
      ['help', 'gpu'],
      ['config', 'set', '--help'],
      ['config'],
    ]) {
      const { code, stdout, stderr } = await plimsoll(args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      expect(stdout).toContain('Usage: plimsoll');
    }
  });

  it('shows an example with the help of every command', async () => {
    const { stdout } = await plimsoll([]);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, name]) => name ?? '')
      .filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThanOrEqual(11);
    for (const name of names) expect((await plimsoll([name, '--help'])).stdout).toMatch(/Examples?:\n {2}\$ /);
  });

  it.each([
    [['mdoels'], "Unknown command 'mdoels'", 'Did you mean models?'],
    [['help', 'nosuch'], "Unknown command 'nosuch'", 'See: plimsoll --help'],
    [['gpu', '--wach'], "Unknown option '--wach'", 'Did you mean --watch?'],
    [['gpu', '--list', 'RTX 4061'], 'No device of the catalogue has "RTX 4061"', '"GeForce RTX 4060"'],
    [['gpu', '--list', '--watch'], "cannot be used with option '--watch'", 'See: plimsoll gpu --help'],
    [['gpu', 'extra'], "Too many arguments for 'gpu'", 'See: plimsoll gpu --help'],
    [['quantize', '--to', 'Q4_0'], "Missing required argument 'model'", 'See: plimsoll quantize --help'],
    [['inspect'], 'No model is named', 'plimsoll config set ai.llm_model NAME'],
    [['quantize', 'a.gguf'], 'What to make is not said', 'Give a level with --to, such as --to Q4_K_M'],
    [['models', '--backend', 'olama'], '--backend is "olama", but must be one of', 'Did you mean --backend ollama?'],
    [['completion', 'tcsh'], 'must be one of bash, zsh, fish', ''],
    [['schema', 'plam'], 'There is no document "plam"', 'Did you mean plan?'],
  ])('refuses %j with exit code 2 and the way out', async (args, message, hint) => {
    const { code, stdout, stderr } = await plimsoll(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('    at ');
    expect(stderr.match(/error:/gi)).toHaveLength(1);
  });

  it('lists the devices that can be planned for, as a table and as a document', async () => {
    const { code, stdout } = await plimsoll(['gpu', '--list', '4060']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/GeForce RTX 4060 Ti +nvidia +8, 16 +288/);
    const all = JSON.parse((await plimsoll(['gpu', '--list', '--json'])).stdout) as { readonly devices: unknown[] };
    expect(all).toMatchObject({ schema: 'plimsoll.gpu-list/1', near: [] });
    expect(all.devices.length).toBeGreaterThan(100);
  });

  it('writes a failure as one JSON document to stderr with --json', async () => {
    const { code, stdout, stderr } = await plimsoll(['gpu', '--wach', '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ schema: 'plimsoll.error/1', code: 'invalid-input', exitCode: 2 });
  });

  it('calls whatever fails after an interruption interrupted', async () => {
    const aborted = AbortSignal.abort(new CancelledError('Interrupted.'));
    const { code, stderr } = await plimsoll(['schema', 'nonsense'], aborted);
    expect(code).toBe(130);
    expect(stderr).toBe('Stopped: Interrupted.\n');
  });

  it.each([
    ['SIGINT', 130, 'Interrupted'],
    ['SIGTERM', 143, 'Terminated'],
  ] as const)('tells %s apart by exit code %d', async (by, exitCode, message) => {
    const { code, stderr } = await plimsoll(['schema', 'nonsense', '--json'], AbortSignal.abort(new StopRequest(by)));
    expect(code).toBe(exitCode);
    expect(stderr).toContain(`${message}. Nothing half done was left behind.`);
  });
});
