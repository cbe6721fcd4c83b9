import { BackendFailedError } from '@plimsoll/domain';
import { z } from 'zod';
import type { RepositoryFile } from './repository-file.js';

const treeAnswer = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.number().int().nonnegative().optional(),
    lfs: z.object({ oid: z.string(), size: z.number().int().nonnegative() }).optional(),
  }),
);

/** Reads one page of a repository's file list. */
export function parseTree(body: Buffer, host: string): readonly RepositoryFile[] {
  let found: z.infer<typeof treeAnswer>;
  try {
    found = treeAnswer.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new BackendFailedError(`${host} sent a file list that cannot be understood.`, {
      hint: 'Check the address of the hub, or give the file by its URL.',
      cause,
    });
  }
  return found
    .filter((entry) => entry.type === 'file')
    .map(({ path, size, lfs }) => ({
      path,
      sizeBytes: lfs?.size ?? size ?? 0,
      digest: lfs !== undefined && /^[0-9a-f]{64}$/.test(lfs.oid) ? `sha256:${lfs.oid}` : null,
    }));
}
