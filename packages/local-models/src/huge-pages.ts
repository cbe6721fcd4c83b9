const VARIABLE = 'GLIBC_TUNABLES';
const TUNABLE = 'glibc.malloc.hugetlb';

/**
 * An environment in which glibc (2.35 and later) asks the kernel for huge pages where much is allocated. Each token
 * reads all weights of a model, and finding them in pages of 4 KB takes time. Whatever the user has set stands; other
 * systems do not know the variable.
 */
export function withHugePages(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const tunables = environment[VARIABLE] ?? '';
  if (tunables.includes(TUNABLE)) return environment;
  return { ...environment, [VARIABLE]: [tunables, `${TUNABLE}=1`].filter((one) => one !== '').join(':') };
}
