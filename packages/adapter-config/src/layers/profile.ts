import { InvalidConfigError } from '@plimsoll/domain';
import { asObject } from './document-layer.js';
import type { Environment } from './environment-layer.js';
import { invalidConfig } from './describe-problem.js';

/** A profile of the file that holds now. */
export interface ActiveProfile {
  readonly name: string;
  readonly document: Record<string, unknown>;
}

/**
 * The profile that `PLIMSOLL_PROFILE` names, or else the one that is called like `NODE_ENV`. `NODE_ENV` is set for
 * many reasons, so it may name a profile that is not there; `PLIMSOLL_PROFILE` may not.
 */
export function activeProfile(
  document: Record<string, unknown>,
  environment: Environment,
  file: string,
): ActiveProfile | null {
  const profiles = profilesOf(document, file);
  const wanted = environment['PLIMSOLL_PROFILE'] ?? '';
  const name = wanted === '' ? (environment['NODE_ENV'] ?? '') : wanted;
  if (Object.hasOwn(profiles, name)) return { name, document: asObject(profiles[name]) ?? {} };
  if (wanted === '') return null;
  const names = Object.keys(profiles);
  throw new InvalidConfigError(
    `PLIMSOLL_PROFILE in the environment is "${wanted}"; allowed: ${
      names.length === 0 ? `nothing, because ${file} has no profiles` : names.join(', ')
    }.`,
    { hint: `Add "profiles": {"${wanted}": {…}} to ${file}, or unset PLIMSOLL_PROFILE.` },
  );
}

function profilesOf(document: Record<string, unknown>, file: string): Record<string, unknown> {
  const entries = document['profiles'] ?? {};
  const profiles = asObject(entries);
  const wrong = Object.entries(profiles ?? { '': entries }).filter(([, profile]) => asObject(profile) === null);
  if (profiles !== null && wrong.length === 0) return profiles;
  throw invalidConfig(
    wrong.map(([name, value]) => ({
      path: name === '' ? 'profiles' : `profiles.${name}`,
      place: file,
      value,
      allowed: 'an object',
      secret: false,
    })),
  );
}
