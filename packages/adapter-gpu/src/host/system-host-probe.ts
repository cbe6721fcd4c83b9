import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { chipOf } from '@plimsoll/domain';
import type { HostProbe, HostReading } from '@plimsoll/domain';
import { runProgram } from '../process/run-program.js';
import type { RunProgram } from '../process/run-program.js';
import { readControlGroup } from './control-group.js';
import { kernelText } from './kernel-text.js';
import { availableFromMeminfo, availableFromVmStat, stallShareFromPressure } from './memory-info.js';

/** What the operating system tells a program directly. */
export interface SystemFacts {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly processors: number;
  readonly processorName: string | null;
  readonly hostName: string;
  /** As in `process.platform`. */
  readonly platform: string;
  /** As in `process.arch`. */
  readonly architecture: string;
}

/** Where the probe looks; everything has a default. */
export interface SystemHostOptions {
  /** Folder that stands for the root of the file system. */
  readonly root?: string;
  readonly facts?: () => SystemFacts;
  readonly run?: RunProgram;
}

const TIMEOUT_MS = 5000;

/** The machine's memory and processors as this process may use them: container limits count. */
export class SystemHostProbe implements HostProbe {
  readonly #root: string;
  readonly #facts: () => SystemFacts;
  readonly #run: RunProgram;

  constructor(options: SystemHostOptions = {}) {
    this.#root = options.root ?? '/';
    this.#facts = options.facts ?? systemFacts;
    this.#run = options.run ?? runProgram;
  }

  async read(): Promise<HostReading> {
    const facts = this.#facts();
    const limits = facts.platform === 'linux' ? readControlGroup(this.#root) : null;
    const free = (await this.#available(facts.platform)) ?? facts.freeBytes;
    const limit = limits?.memoryBytes ?? Infinity;
    const { processorName } = facts;
    return {
      totalBytes: Math.min(facts.totalBytes, limit),
      availableBytes: Math.min(free, Math.max(limit - (limits?.usedBytes ?? 0), 0)),
      processorName,
      processors: Math.max(1, Math.min(facts.processors, Math.floor(limits?.processors ?? Infinity))),
      platform: `${facts.platform}-${facts.architecture}`,
      memoryBandwidth: bandwidthOf(processorName),
      memoryStallShare: facts.platform === 'linux' ? this.#stallShare() : null,
    };
  }

  /** A digest, so that no export says which machine it is from. Without an id, machines of one name and make are one. */
  async machineId(): Promise<string> {
    const { hostName, processorName, totalBytes } = this.#facts();
    const known = (await systemId(this.#root)) ?? JSON.stringify([hostName, processorName, totalBytes]);
    return createHash('sha256').update(`plimsoll machine ${known}`).digest('hex').slice(0, 16);
  }

  /** Of the control group where it is told, for its limit is what is felt; else of the machine. */
  #stallShare(): number | null {
    for (const file of ['sys/fs/cgroup/memory.pressure', 'proc/pressure/memory']) {
      const share = stallShareFromPressure(kernelText(join(this.#root, file)));
      if (share !== null) return share;
    }
    return null;
  }

  async #available(platform: string): Promise<number | null> {
    if (platform === 'linux') return availableFromMeminfo(kernelText(join(this.#root, 'proc/meminfo')));
    if (platform !== 'darwin') return null;
    const result = await this.#run(['vm_stat'], { timeoutMs: TIMEOUT_MS });
    return result === null ? null : availableFromVmStat(result.stdout);
  }
}

/** The id that a Linux system was given when it was installed; null elsewhere. */
async function systemId(root: string): Promise<string | null> {
  for (const file of ['etc/machine-id', 'var/lib/dbus/machine-id']) {
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    if (text.trim() !== '') return text.trim();
  }
  return null;
}

/** Known where memory belongs to the chip, as with Apple's; elsewhere it depends on what was plugged in. */
const bandwidthOf = (processorName: string | null): number | null =>
  processorName === null ? null : (chipOf(processorName)?.bandwidthBytesPerSecond ?? null);

function systemFacts(): SystemFacts {
  const name = os.cpus()[0]?.model.trim() ?? '';
  return {
    totalBytes: os.totalmem(),
    freeBytes: os.freemem(),
    processors: os.availableParallelism(),
    processorName: name === '' || name === 'unknown' ? null : name,
    hostName: os.hostname(),
    platform: process.platform,
    architecture: process.arch,
  };
}
