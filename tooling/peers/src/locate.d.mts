/**
 * The path of a built llama.cpp program, or null when `npm run peers` has not
 * made it on this machine.
 */
export function locatePeer(name: string): string | null;

/** The folder where the built programs are, or would be. */
export function peersDirectory(environment?: Record<string, string | undefined>): string;
