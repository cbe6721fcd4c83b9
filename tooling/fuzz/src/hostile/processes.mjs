import { readFileSync, readdirSync } from 'node:fs';

/** The processes that a process has started and that still run. */
export function childrenOf(pid) {
  const list = contentOf(`/proc/${pid}/task/${pid}/children`).trim();
  return list === '' ? [] : list.split(' ').map(Number).filter(isAlive);
}

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
export const isAlive = (pid) => /^State:\s+[^ZX]/mu.test(contentOf(`/proc/${pid}/status`));

/** Descriptors that a process has open. */
export const descriptorsOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** Memory of a process and its children in MiB. */
export function residentMiB(pid) {
  const own = Number(/^VmRSS:\s+(\d+)/mu.exec(contentOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  return childrenOf(pid).reduce((sum, child) => sum + residentMiB(child), own);
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
