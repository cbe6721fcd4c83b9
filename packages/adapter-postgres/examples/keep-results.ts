import { PostgresResultStore, PostgresSidecarJournal, openPostgres } from '@plimsoll/adapter-postgres';

/** Keeps a result and a sidecar's change where every machine finds them, and finds them again. */
export async function keepAndUndo(url: string): Promise<{ score: number | null; undone: string | null }> {
  const connection = openPostgres(url);
  try {
    const results = new PostgresResultStore<{ readonly score: number }>(connection);
    await results.put('sha256:1 llava:7b-q4_K_M', { score: 4.2 });

    const journal = new PostgresSidecarJournal(connection);
    await journal.add('2026-01-01', { path: '/photos/boats.xmp', before: null, after: '<x:xmpmeta/>' });
    const last = await journal.last();
    if (last !== null) await journal.markUndone(last.run);

    const kept = await results.get('sha256:1 llava:7b-q4_K_M');
    return { score: kept?.score ?? null, undone: last?.changes[0]?.path ?? null };
  } finally {
    await connection.close();
  }
}
