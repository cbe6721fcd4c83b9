import { spawnSync } from 'node:child_process';

/**
 * What the build needs and this machine lacks, in the words of a person.
 *
 * @param {(program: string) => boolean} isThere
 * @returns {{ needed: string, debian: string }[]}
 */
export function missingTools(isThere = answersToVersion) {
  const compilers = process.platform === 'win32' ? ['cl', 'clang-cl', 'g++', 'clang++'] : ['c++', 'g++', 'clang++'];
  return [
    { needed: 'git', debian: 'git', found: isThere('git') },
    { needed: 'cmake', debian: 'cmake', found: isThere('cmake') },
    // Visual Studio's generator finds its own compiler outside the PATH.
    {
      needed: 'a C++ compiler',
      debian: 'g++ make',
      found: process.platform === 'win32' || compilers.some(isThere),
    },
  ]
    .filter((tool) => !tool.found)
    .map(({ needed, debian }) => ({ needed, debian }));
}

/** Whether a program can be started by its name. */
export function answersToVersion(program) {
  const result = spawnSync(program, ['--version'], { stdio: 'ignore', windowsHide: true });
  return result.error === undefined;
}
