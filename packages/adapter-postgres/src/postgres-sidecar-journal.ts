import type { RecordedRun, SidecarChange, SidecarJournal } from '@plimsoll/domain';
import type { PostgresConnection } from './database/postgres-connection.js';

/** The record of sidecars in PostgreSQL: a run can be undone from every machine that sees the photos. */
export class PostgresSidecarJournal implements SidecarJournal {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  /** Written twice when the server went away at the wrong moment: undoing finds the second one undone already. */
  async add(run: string, { path, before, after }: SidecarChange): Promise<void> {
    await this.#connection.query(
      'INSERT INTO plimsoll_sidecar_changes (run, path, before, after) VALUES ($1, $2, $3, $4)',
      [run, path, before, after],
    );
  }

  async last(): Promise<RecordedRun | null> {
    const rows = await this.#connection.query<SidecarChange & { readonly run: string }>(
      `SELECT run, path, before, after FROM plimsoll_sidecar_changes
       WHERE NOT undone AND run = (SELECT max(run) FROM plimsoll_sidecar_changes WHERE NOT undone)
       ORDER BY number DESC`,
      [],
    );
    const [first] = rows;
    if (first === undefined) return null;
    return { run: first.run, changes: rows.map(({ path, before, after }) => ({ path, before, after })) };
  }

  async markUndone(run: string): Promise<void> {
    await this.#connection.query('UPDATE plimsoll_sidecar_changes SET undone = TRUE WHERE run = $1', [run]);
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }
}
