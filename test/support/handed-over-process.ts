import { openDatabase, sql } from '../../store/database.ts';

/** Dies the moment its transaction is out of its hands, while PostgreSQL still works on it. */
const db = openDatabase(process.argv[2] ?? '', { max: 1 });
await db.transaction(
  async (tx) => {
    tx.later(sql`select pg_sleep(${3})`);
    tx.later(sql`insert into handed (id, filling) values (1, ${'x'.repeat(2_000_000)})`);
    await Promise.resolve();
  },
  () => process.kill(process.pid, 'SIGKILL'),
);
