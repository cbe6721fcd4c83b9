/** The newest release of Ollama that this adapter was run against. */
export const TESTED_UP_TO = '0.34.2';

/** Whether a server of that version is newer than any that was tried; false for one that names no release. */
export function isUntested(version: string): boolean {
  const [theirs, ours] = [version, TESTED_UP_TO].map((text) => /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number));
  if (theirs === undefined || ours === undefined) return false;
  const place = theirs.findIndex((part, index) => part !== ours[index]);
  return place >= 0 && (theirs[place] ?? 0) > (ours[place] ?? 0);
}
