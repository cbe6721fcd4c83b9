import { secondModelPath } from '@plimsoll-tooling/second-model';
import { bench as mixed } from './mixed-bench.mjs';

/** Least reduction of the mean KL divergence: never worse, and 15 % at the sizes of three and four bits. */
const GOALS = { Q2_K: 0, Q3_K_S: 0.15, Q3_K_M: 0.15, IQ4_XS: 0.15, Q4_K_S: 0.15, Q4_K_M: 0.15, Q5_K_M: 0, Q6_K: 0 };

/** The benchmark of recipes on a model of another shape: a mixture of experts. */
export const bench = (options = {}) => mixed({ ...options, model: secondModelPath(), goals: GOALS });
