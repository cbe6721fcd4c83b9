import { InvalidInputError } from '@plimsoll/domain';
import type { CommandContext } from '../command-context.js';
import type { SharedFlags } from './photos.flags.js';

/** Where machines meet; null is not given. */
export interface SharedPlaces {
  readonly queue: string | null;
  readonly store: string | null;
}

/** The addresses of the flags, else of the environment, where passwords are not seen by other users. */
export function sharedPlaces({ env }: Pick<CommandContext, 'env'>, flags: SharedFlags): SharedPlaces {
  return {
    queue: flags.queue ?? env['PLIMSOLL_QUEUE_URL'] ?? null,
    store: flags.store ?? env['PLIMSOLL_STORE_URL'] ?? null,
  };
}

/** Both addresses. @throws InvalidInputError when one is missing */
export function bothPlaces({ queue, store }: SharedPlaces): { readonly queue: string; readonly store: string } {
  if (queue === null) {
    throw new InvalidInputError('There is no queue.', {
      hint: 'Name a Redis server with --queue redis://host:6379, or in PLIMSOLL_QUEUE_URL.',
    });
  }
  if (store === null) {
    throw new InvalidInputError('Workers need a place for results that all machines reach.', {
      hint: 'Name a PostgreSQL database with --store postgres://user@host/database, or in PLIMSOLL_STORE_URL.',
    });
  }
  return { queue, store };
}
