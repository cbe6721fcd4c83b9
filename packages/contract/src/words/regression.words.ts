import type { EnvironmentChange, Regression } from '@plimsoll/domain';

const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`;

const WHAT: Readonly<Record<Regression['kind'], (regression: Regression) => string>> = {
  speed: ({ before, now }) =>
    `decodes ${now.toFixed(1)} tokens/s, ${percent(1 - now / before, 0)} less than the ${before.toFixed(1)} of before`,
  reliability: ({ before, now }) => `succeeds in ${percent(now, 0)} of calls, before in ${percent(before, 0)}`,
  quality: ({ now, threshold }) =>
    `agrees with its reference on ${percent(now, 1)} of tokens${threshold === null ? '' : `, below the threshold of ${percent(threshold, 1)}`}`,
};

/** What got worse, as a sentence. */
export function regressionWords(regression: Regression): string {
  const since = regression.changes.map(environmentChangeWords).join(', ');
  return `${regression.variant} ${WHAT[regression.kind](regression)}${since === '' ? '' : ` (since ${since})`}.`;
}

/** `driver 550.54 → 560.28` */
export const environmentChangeWords = ({ part, from, to }: EnvironmentChange): string =>
  `${part} ${from ?? 'unknown'} → ${to ?? 'unknown'}`;
