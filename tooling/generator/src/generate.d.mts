/** Writes a new adapter package and its changeset below a root; `files` are relative to the folder. */
export function generateAdapter(
  given: string,
  root: string,
): Promise<{ readonly name: string; readonly folder: string; readonly files: readonly string[] }>;
