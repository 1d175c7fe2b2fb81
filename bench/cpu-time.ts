import { readFileSync } from 'node:fs';
import { type Database, sql } from '../store/database.ts';

const msPerTick = 10; // USER_HZ is 100 on every Linux that Node runs on

/** Processor time that one process has used; 0 when it is gone, or where there is no /proc. @see proc(5), utime and stime */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * msPerTick;
  } catch {
    return 0; // it ended between two looks
  }
}

/** Processor time of a server and of every connection that PostgreSQL serves now: what a request costs, whoever else uses the machine. */
export async function cpuMs(owner: Database, serverPid: number): Promise<number> {
  const { rows } = await owner.query<{ readonly pid: number }>(
    sql`select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return [serverPid, ...rows.map(({ pid }) => pid)].reduce((sum, pid) => sum + cpuMsOf(pid), 0);
}
