/** What the server's log says of its memory and its shape. */
export interface ServerLog {
  /** Bytes of all buffers, or null when none was named. */
  readonly sizeBytes: number | null;
  readonly deviceBytes: number | null;
  readonly offloadedLayers: number | null;
}

const MIB = 1024 ** 2;
const BUFFER = /(\S+)\s+(?:model|KV|RS|compute|output)\s+buffer size\s*=\s*([\d.]+)\s*MiB/;
const OFFLOADED = /offloaded (\d+)\/\d+ layers to GPU/;
/** Buffers of the host: `CPU`, `CPU_Mapped`, `CPU_REPACK`, and pinned memory such as `CUDA_Host`. */
const HOST = /^CPU|_Host$/;
const KEPT_LINES = 40;

/** Reads the log line by line; keeps the last lines for the messages of errors, and the figures. */
export class ServerLogReader {
  readonly #last: string[] = [];
  #partial = '';
  #host = 0;
  #devices = 0;
  #buffers = 0;
  #layers: number | null = null;

  write(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) this.#line(line.trimEnd());
  }

  get read(): ServerLog {
    const known = this.#buffers > 0;
    return {
      sizeBytes: known ? Math.round((this.#host + this.#devices) * MIB) : null,
      deviceBytes: known ? Math.round(this.#devices * MIB) : null,
      offloadedLayers: this.#layers,
    };
  }

  /** The first line that names a failure, else the last one. */
  get reason(): string {
    return this.#last.find((line) => /error|fail|out of memory|unknown|invalid/i.test(line)) ?? this.#last.at(-1) ?? '';
  }

  #line(line: string): void {
    if (line === '') return;
    this.#last.push(line);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    const [, name, size] = BUFFER.exec(line) ?? [];
    if (name !== undefined) {
      this.#buffers++;
      if (HOST.test(name)) this.#host += Number(size);
      else this.#devices += Number(size);
    }
    const layers = OFFLOADED.exec(line)?.[1];
    if (layers !== undefined) this.#layers = Number(layers);
  }
}
