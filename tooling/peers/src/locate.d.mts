/**
 * The path of a built llama.cpp program, or null when `npm run peers` has not
 * made it on this machine.
 */
export function locatePeer(name: string): string | null;

/**
 * What a llama.cpp program prints on stdout, up to and with a line that has to be there. Their log loses its last lines now
 * and then as the program ends; it is then run again.
 *
 * @throws Error when the line does not come in ten runs
 */
export function peerSays(program: string, args: readonly string[], last: RegExp): string;

/**
 * The folder with the chat templates of known models that llama.cpp's own tests use, taken out of its source when it is
 * first asked for; null where git is missing.
 */
export function llamaTemplates(): string | null;

/** The folder where the built programs are, or would be. */
export function peersDirectory(environment?: Record<string, string | undefined>): string;

/**
 * A llama.cpp program linked against the libraries that the embedded engine loads, built when it is first asked for; null
 * where the libraries are not of Linux. Run it in `folder` with `environment`.
 */
export function shippedPeer(name: 'llama-bench' | 'llama-imatrix' | 'llama-perplexity'): {
  readonly program: string;
  readonly folder: string;
  readonly environment: Record<string, string | undefined>;
} | null;

/** The releases of Ollama that tests are held against, newest first. */
export const OLLAMA_VERSIONS: readonly string[];

/** The path of a built Ollama server, or null when `npm run peers` has not made it on this machine. */
export function locateOllama(version: string): string | null;

/** A running Ollama server, with a home and a models folder of its own. */
export interface OllamaPeer {
  readonly version: string;
  /** Such as `http://127.0.0.1:40123`. */
  readonly host: string;
  readonly models: string;
  readonly pid: number;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a built Ollama server on a free port of the loopback address. `environment` is set beside what isolates it.
 *
 * @throws Error when it is not built, or does not start; with the end of its log
 */
export function startOllama(version: string, environment?: Readonly<Record<string, string>>): Promise<OllamaPeer>;
