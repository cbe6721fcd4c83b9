import type { BackendDescriptor } from '@plimsoll/di';
import { InvalidConfigError } from '@plimsoll/domain';
import * as BACKENDS from './backends.js';

/** Id of a backend of the table. */
export type BackendId = keyof typeof BACKENDS;

const TABLE: ReadonlyMap<string, BackendDescriptor> = new Map(Object.entries<BackendDescriptor>({ ...BACKENDS }));

/** The ids of all backends, as `--backend` and `ai.llm_provider` take them. */
export const BACKEND_IDS: readonly string[] = [...TABLE.keys()].sort();

/** The backend of that id. @throws InvalidConfigError naming those that there are */
export function findBackend(id: string): BackendDescriptor {
  const found = TABLE.get(id);
  if (found !== undefined) return found;
  throw new InvalidConfigError(`There is no backend ${id}.`, { hint: `Choose one of ${BACKEND_IDS.join(', ')}.` });
}
