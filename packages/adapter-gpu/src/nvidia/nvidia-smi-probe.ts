import type { CallOptions, Clock, GpuDevice, GpuProbe, GpuProcess, GpuReading } from '@plimsoll/domain';
import { pollReadings } from '../poll-readings.js';
import { startProgram } from '../process/line-stream.js';
import type { StartProgram } from '../process/line-stream.js';
import { runProgram } from '../process/run-program.js';
import type { RunProgram } from '../process/run-program.js';
import { SYSTEM_CLOCK } from '../system-clock.js';
import { unknownReading } from '../unknown-reading.js';
import { parseProcesses, parseRow, rowDevice, rowDeviceId, rowReading } from './parse-rows.js';
import type { NvidiaRow } from './parse-rows.js';
import { columnsFromHelp, withoutRefused } from './query-fields.js';
import type { QueryColumn } from './query-fields.js';
import { SmiLoop } from './smi-loop.js';

/** How `nvidia-smi` is run; everything has a default. */
export interface NvidiaSmiOptions {
  /** The program and its first arguments. */
  readonly command?: readonly string[];
  /** Longest time one answer may take. A cold driver needs seconds. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly run?: RunProgram;
  readonly start?: StartProgram;
}

const FORMAT = '--format=csv,noheader,nounits';
const RETRY_MS = 60_000;
const PROCESSES_MS = 30_000;

/** NVIDIA devices through `nvidia-smi`: one answer on demand, or one long-lived process while something watches. */
export class NvidiaSmiProbe implements GpuProbe {
  readonly #command: readonly string[];
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #run: RunProgram;
  readonly #start: StartProgram;
  readonly #loops = new Set<SmiLoop>();
  readonly #latest = new Map<string, { readonly row: NvidiaRow; readonly atMs: number }>();
  #columns: readonly QueryColumn[] = [];
  #discovery: Promise<void> | null = null;
  #nextTryMs = 0;
  #processes: ReadonlyMap<string, readonly GpuProcess[]> | null = null;
  #nextProcessesMs = 0;

  constructor(options: NvidiaSmiOptions = {}) {
    this.#command = options.command ?? ['nvidia-smi'];
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#run = options.run ?? runProgram;
    this.#start = options.start ?? startProgram;
  }

  async devices({ signal }: CallOptions = {}): Promise<readonly GpuDevice[]> {
    return (await this.#ask(signal)).map(rowDevice);
  }

  async read({ signal }: CallOptions = {}): Promise<readonly GpuReading[]> {
    const [rows] = await Promise.all([this.#ask(signal), this.#askProcesses(signal)]);
    const atMs = this.#clock.nowMs();
    return rows.map((row) => rowReading(row, atMs, this.#processesOf(row)));
  }

  async *watch(intervalMs: number, { signal }: CallOptions = {}): AsyncIterable<readonly GpuReading[]> {
    for (const row of await this.#ask(signal)) this.#keep(row);
    const loop = this.#columns.length === 0 ? null : this.#startLoop(intervalMs);
    const look = loop === null ? async () => this.read({ signal }) : async () => this.#lookAtLatest(intervalMs);
    try {
      yield* pollReadings(look, intervalMs, this.#clock, signal);
    } finally {
      if (loop !== null) this.#stopLoop(loop);
    }
  }

  async close(): Promise<void> {
    for (const loop of this.#loops) this.#stopLoop(loop);
  }

  #startLoop(intervalMs: number): SmiLoop {
    const every = intervalMs % 1000 === 0 ? `--loop=${intervalMs / 1000}` : `--loop-ms=${Math.ceil(intervalMs)}`;
    const loop = new SmiLoop({
      command: [...this.#query(this.#columns), every],
      intervalMs,
      start: this.#start,
      clock: this.#clock,
      onLine: (line) => this.#keep(parseRow(line, this.#columns)),
    });
    this.#loops.add(loop);
    return loop;
  }

  #stopLoop(loop: SmiLoop): void {
    loop.stop();
    this.#loops.delete(loop);
  }

  #keep(row: NvidiaRow | null): void {
    if (row !== null) this.#latest.set(rowDeviceId(row), { row, atMs: this.#clock.nowMs() });
  }

  /** A device that has not answered for three rounds is unknown, not what it was. */
  #lookAtLatest(intervalMs: number): readonly GpuReading[] {
    void this.#askProcesses();
    const nowMs = this.#clock.nowMs();
    const oldestMs = nowMs - Math.max(3 * intervalMs, 3000);
    return [...this.#latest].map(([id, { row, atMs }]) =>
      atMs >= oldestMs ? rowReading(row, atMs, this.#processesOf(row)) : unknownReading(id, nowMs),
    );
  }

  async #ask(signal?: AbortSignal): Promise<readonly NvidiaRow[]> {
    await this.#discover(signal);
    while (this.#columns.length > 0) {
      const columns = this.#columns;
      const answer = await this.#run(this.#query(columns), { timeoutMs: this.#timeoutMs, signal });
      if (answer === null) return [];
      const rest = withoutRefused(columns, answer.stdout + answer.stderr);
      if (rest === null) return this.#rowsOf(answer.stdout, columns);
      this.#columns = rest;
    }
    return [];
  }

  #rowsOf(text: string, columns: readonly QueryColumn[]): readonly NvidiaRow[] {
    const rows = text.split(/\r?\n/u).map((line) => parseRow(line, columns));
    return rows.filter((row) => row !== null);
  }

  /** Asks once which fields this driver knows; where the program is missing, again after a minute at the earliest. */
  async #discover(signal?: AbortSignal): Promise<void> {
    if (this.#columns.length > 0 || this.#clock.monotonicMs() < this.#nextTryMs) return;
    this.#discovery ??= (async () => {
      const options = { timeoutMs: this.#timeoutMs, signal };
      const help = await this.#run([...this.#command, '--help-query-gpu'], options);
      this.#columns = help === null ? [] : columnsFromHelp(help.stdout);
      if (this.#columns.length === 0 && !(signal?.aborted ?? false)) {
        this.#nextTryMs = this.#clock.monotonicMs() + RETRY_MS;
      }
      this.#discovery = null;
    })();
    await this.#discovery;
  }

  /** Listing processes is slow, so it is done rarely. */
  async #askProcesses(signal?: AbortSignal): Promise<void> {
    if (this.#columns.length === 0 || this.#clock.monotonicMs() < this.#nextProcessesMs) return;
    this.#nextProcessesMs = this.#clock.monotonicMs() + PROCESSES_MS;
    const query = '--query-compute-apps=gpu_uuid,pid,used_gpu_memory,process_name';
    const answer = await this.#run([...this.#command, query, FORMAT], { timeoutMs: this.#timeoutMs, signal });
    this.#processes = answer?.code === 0 ? parseProcesses(answer.stdout) : null;
  }

  #processesOf(row: NvidiaRow): readonly GpuProcess[] | null {
    return this.#processes === null ? null : (this.#processes.get(rowDeviceId(row)) ?? []);
  }

  #query(columns: readonly QueryColumn[]): readonly string[] {
    return [...this.#command, `--query-gpu=${columns.map(({ field }) => field).join(',')}`, FORMAT];
  }
}
