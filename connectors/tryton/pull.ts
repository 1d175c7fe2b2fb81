import type { Cursor, PullPage } from '../kit/contract.ts';
import { type Phase, phasesOf } from './phases.ts';
import type { Domain, TrytonSession } from './session.ts';
import type { TrytonSettings } from './settings.ts';
import { datetimeOf, isoOf } from './wire.ts';

/** Where a run stands: at an id of one phase. `until` is the newest stamp that was there when the run began. */
interface Place {
  readonly since: string | null;
  readonly until: string | null;
  readonly phase: number;
  readonly after: number;
}

/** The newest stamp in the models of a stream, by the server's own clock. */
async function newestStamp(session: TrytonSession, phases: readonly Phase[]): Promise<string | null> {
  const models = phases.flatMap(({ model, touchedBy }) => [model, ...touchedBy.map(([, child]) => child)]);
  const stamps: string[] = [];
  for (const model of models) {
    for (const field of ['write_date', 'create_date']) {
      const search = { domain: [[field, '!=', null]], fields: [field], order: [[field, 'DESC']] as const, limit: 1 };
      const [row] = await session.search(model, search);
      const stamp = isoOf(row?.[field]);
      if (stamp !== undefined) stamps.push(stamp);
    }
  }
  return stamps.sort().at(-1) ?? null;
}

/** `write_date` is null until the first write, so that "since" must also ask for `create_date`, here and in the children. */
function changedSince(phase: Phase, since: string | null, lookBackMs: number): Domain {
  if (since === null) return [];
  const from = datetimeOf(new Date(Date.parse(since) - lookBackMs).toISOString());
  const paths = ['', ...phase.touchedBy.map(([path]) => path)];
  return ['OR', ...paths.flatMap((path) => ['write_date', 'create_date'].map((field) => [`${path}${field}`, '>=', from]))];
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * One stream from a cursor, by ascending id: an id never moves, so that no row is lost or doubled while others are written. Nothing says
 * that a record was deleted: a run from the start lists the whole stream. Consents are always listed whole, because a party that gets
 * an address gets what was said of it without any change of the marketing row.
 */
export async function* pull(
  session: TrytonSession,
  settings: TrytonSettings,
  stream: string,
  cursor: Cursor | null,
): AsyncGenerator<PullPage> {
  const phases = await phasesOf(stream, session, settings);
  const since = stream === 'consents' ? null : textOrNull(cursor?.since);
  const running = typeof cursor?.phase === 'number';
  const until = running ? textOrNull(cursor.until) : await newestStamp(session, phases);
  let place: Place = { since, until, phase: running ? Number(cursor.phase) : 0, after: Number(cursor?.after ?? 0) };
  if (phases.length === 0) yield { records: [], rejected: [], deleted: [], cursor: { version: 1 }, last: true }; // no module, no list
  for (let phase = phases[place.phase]; phase !== undefined; phase = phases[place.phase]) {
    const domain = [['id', '>', place.after], phase.where, changedSince(phase, since, settings.lookBackMs)].filter(
      (part) => part.length > 0,
    );
    const rows = await session.search(phase.model, { domain, fields: phase.fields, limit: phase.size });
    const ended = rows.length < phase.size;
    place = ended ? { ...place, phase: place.phase + 1, after: 0 } : { ...place, after: rows.at(-1)?.id ?? place.after };
    const last = ended && place.phase === phases.length;
    const after: Cursor = last ? { version: 1, since: until } : { version: 1, ...place };
    yield { ...(await phase.drafts(rows)), cursor: after, last, ...(last && since === null ? { complete: true } : {}) };
  }
}
