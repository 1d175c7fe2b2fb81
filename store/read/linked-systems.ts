import { type Db, sql } from '../database.ts';

/** One linked system with its settings. */
export interface LinkedSystemSettings {
  readonly id: string;
  readonly connector: string;
  readonly title: string;
  /** The connector's settings; under `secrets`, references only. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: 'active' | 'paused' | 'removed';
  readonly syncEveryMinutes: number;
}

const columns = sql`id, connector, title, config, state, sync_every_minutes as "syncEveryMinutes"`;

/** One linked system by its id. Index: primary key. */
export async function linkedSystemById(db: Db, id: string): Promise<LinkedSystemSettings | undefined> {
  const { rows } = await db.query<LinkedSystemSettings>(sql`select ${columns} from linked_system where id = ${id}`);
  return rows[0];
}

/** Every linked system that is in use, at most 500, by id. */
export async function activeLinkedSystems(db: Db): Promise<LinkedSystemSettings[]> {
  const { rows } = await db.query<LinkedSystemSettings>(sql`
    select ${columns} from linked_system where state = 'active' order by id limit 500`);
  return rows;
}
