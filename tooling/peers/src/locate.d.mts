/**
 * The path of a built llama.cpp program, or null when `npm run peers` has not
 * made it on this machine.
 */
export function locatePeer(name: string): string | null;

/** The folder where the built programs are, or would be. */
export function peersDirectory(environment?: Record<string, string | undefined>): string;

/**
 * A llama.cpp program linked against the libraries that the embedded engine loads, built when it is first asked for; null
 * where the libraries are not of Linux. Run it in `folder` with `environment`.
 */
export function shippedPeer(name: 'llama-bench' | 'llama-perplexity'): {
  readonly program: string;
  readonly folder: string;
  readonly environment: Record<string, string | undefined>;
} | null;
