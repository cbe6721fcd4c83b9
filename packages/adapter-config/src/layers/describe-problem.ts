import { InvalidConfigError } from '@plimsoll/domain';

/** One wrong value. */
export interface ConfigProblem {
  /** Path of the value, or the name of the variable or flag. */
  readonly path: string;
  /** Where it stands: a file, the environment, the flags. */
  readonly place: string;
  readonly value: unknown;
  readonly allowed: string;
  readonly secret: boolean;
}

/** All wrong values in one error: its message has a line for each, with the path, what it is and what is allowed. */
export function invalidConfig(problems: readonly ConfigProblem[]): InvalidConfigError {
  const lines = problems.map(
    ({ path, place, value, allowed, secret }) =>
      `${path} in ${place} is ${describeValue(value, secret)}; allowed: ${allowed}.`,
  );
  const paths = problems.map(({ path }) => path).join(', ');
  return new InvalidConfigError(lines.join('\n'), { hint: `Correct ${paths}, or remove it to use the default.` });
}

function describeValue(value: unknown, secret: boolean): string {
  const kind = kindOf(value);
  if (value === null || secret) return kind;
  const shown = JSON.stringify(value);
  return `${shown.length > 80 ? `${shown.slice(0, 77)}…` : shown} (${kind})`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}
