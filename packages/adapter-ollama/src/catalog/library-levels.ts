import type { Level } from '@plimsoll/domain';

/** The levels that the library carries for most models, best first. */
export const LIBRARY_LEVELS: readonly Level[] = [
  'F16',
  'Q8_0',
  'Q6_K',
  'Q5_K_M',
  'Q4_K_M',
  'Q4_K_S',
  'Q4_0',
  'Q3_K_M',
  'Q2_K',
];
