import type { FileChange } from './file-changes.js';
import { SETTING_FIELDS } from './fields/setting-fields.js';
import { valueAt } from './layers/document-layer.js';

/** A change of a setting that the active profile sets, made there. */
export function whereItHolds(
  change: FileChange,
  document: Record<string, unknown>,
  profile: string | null,
): FileChange {
  if (profile === null || change.keys[0] === 'profiles') return change;
  const inProfile = valueAt(document, ['profiles', profile, ...change.keys.slice(0, 2)]) !== undefined;
  return inProfile ? { keys: ['profiles', profile, ...change.keys], value: change.value } : change;
}

/** The text of the file with the changes made in it: comments and spaces stay as they are. */
export async function applyChanges(text: string | null, changes: readonly FileChange[]): Promise<string> {
  // Most programs that read settings change none.
  const { removeJsonValue, setJsonValue } = await import('./text/edit-json.js');
  const start = text === null || text.replace('\uFEFF', '').trim() === '' ? '{}\n' : text;
  return changes.reduce(
    (edited, { keys, value }) =>
      value === undefined ? removeJsonValue(edited, keys) : setJsonValue(edited, keys, value),
    start,
  );
}

/** Whether the file or one of its profiles holds a value that must not be shown. */
export function holdsSecret(document: Record<string, unknown>): boolean {
  const profiles = Object.values((valueAt(document, ['profiles']) ?? {}) as Record<string, unknown>);
  return SETTING_FIELDS.filter(({ secret }) => secret).some(({ path }) =>
    [document, ...profiles].some((part) => typeof valueAt(part, path.split('.')) === 'string'),
  );
}
