import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program as it is installed. */
export const BIN: string = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));

/** What a user sees of one run. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user of their own, whose folders are empty at first and go at the end. */
export class TestUser {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.env = env;
  }

  static async create(env: Readonly<Record<string, string>> = {}): Promise<TestUser> {
    const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-e2e-'));
    return new TestUser(folder, {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      XDG_CONFIG_HOME: path.join(folder, 'config'),
      XDG_DATA_HOME: path.join(folder, 'data'),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
      APPDATA: path.join(folder, 'config'),
      LOCALAPPDATA: path.join(folder, 'data'),
      SystemRoot: process.env['SystemRoot'] ?? '',
      ...env,
    });
  }

  /** Runs `plimsoll` to its end. */
  async plimsoll(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.start(args, options).ended;
  }

  /** Starts `plimsoll`, to be interrupted. */
  start(args: readonly string[], { env = {}, input = '' }: RunOptions = {}): StartedRun {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: this.folder, env: { ...this.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined).end(input);
    const ended = new Promise<Run>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
    return { child, ended };
  }

  path(...names: readonly string[]): string {
    return path.join(this.folder, ...names);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a run gets beside its arguments. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What stdin holds. */
  readonly input?: string;
}

/** A run that goes on. */
export interface StartedRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
}
