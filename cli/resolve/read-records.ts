import type { Matchable, MatchRecord } from '../../domain/identity/match-record.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import type { ColumnMap } from '../../schemas/types.ts';
import { CommandFailed } from '../connection.ts';
import type { Draft, RowProblem } from './draft.ts';
import { type Forms, FormVotes } from './learnt-forms.ts';
import { openPeopleFile, type PeopleFile } from './people-file.ts';
import type { Progress } from './progress.ts';
import { SharedParts } from './shared-parts.ts';
import { WrongEncoding } from './text-file.ts';

/** The records of the input in file order, with what the report needs beside them. */
export interface People {
  readonly records: readonly MatchRecord[];
  /** Systems, and for each record its place among them. */
  readonly systems: readonly string[];
  readonly systemOf: Uint16Array;
  readonly files: readonly PeopleFile[];
  readonly forms: Forms;
}

/** So many problems are shown; the rest is counted. */
const shownProblems = 20;

/**
 * Reads every record of the input, normalised for comparison. Reads each file twice: how its dates and telephones are meant is learnt
 * from all of it, so that the order of the rows does not matter.
 * @throws CommandFailed listing the rows that cannot be used (no or double record_id, unknown kind...); nothing is left out silently
 */
export async function readPeople(paths: readonly string[], map: ColumnMap, progress: Progress): Promise<People> {
  const files: PeopleFile[] = [];
  const votes = new FormVotes();
  let rows = 0;
  progress.stage('looking at the input');
  for (const path of paths) {
    const { file, count } = await learnt(path, map, votes, (done) => progress.at(rows + done));
    files.push(file);
    rows += count;
  }
  const forms = votes.forms(map.dates);
  progress.stage('reading', rows);
  const intake = new Intake(rows, forms);
  for (const file of files) {
    for await (const batch of file.rows()) {
      for (const { line, parts } of batch) intake.take(file.path, file.reader.read(line, parts));
      progress.at(intake.records.length);
    }
  }
  intake.refuseProblems();
  return { records: intake.records, systems: intake.systems, systemOf: intake.systemOf, files, forms };
}

/** Opens a file and reads all of it once; the encoding is known only after its last byte. */
async function learnt(
  path: string,
  map: ColumnMap,
  votes: FormVotes,
  at: (done: number) => void,
): Promise<{ readonly file: PeopleFile; readonly count: number }> {
  const read = async (file: PeopleFile) => {
    let count = 0;
    for await (const batch of file.rows()) {
      for (const { parts } of batch) {
        const { date, phones } = file.reader.forms(parts);
        votes.add(file.reader.system(parts), date, phones);
      }
      count += batch.length;
      at(count);
    }
    return { file, count };
  };
  try {
    return await read(await openPeopleFile(path, map));
  } catch (error) {
    if (!(error instanceof WrongEncoding)) throw error;
    if (map.encoding !== undefined)
      throw new CommandFailed(`file-encoding: ${path} is not ${map.encoding}, as the map says. Say \`encoding: latin1\`.`);
    return await read(await openPeopleFile(path, { ...map, encoding: 'latin1' }));
  }
}

/** Collects records and what is wrong with rows. */
class Intake {
  readonly records: MatchRecord[] = [];
  readonly systems: string[] = [];
  readonly systemOf: Uint16Array;
  readonly #forms: Forms;
  readonly #problems: string[] = [];
  #problemCount = 0;
  readonly #lineOf = new Map<string, number>();
  readonly #systemPlaces = new Map<string, number>();
  readonly #parts = new SharedParts();

  constructor(rows: number, forms: Forms) {
    this.systemOf = new Uint16Array(rows);
    this.#forms = forms;
  }

  take(path: string, draft: Draft | RowProblem): void {
    if ('message' in draft) return this.#refuse(path, draft);
    const before = this.#lineOf.get(draft.recordId);
    if (before !== undefined)
      return this.#refuse(path, {
        line: draft.line,
        message: `record_id stands already in line ${before}: each must be there once`,
      });
    this.#lineOf.set(draft.recordId, draft.line);
    this.systemOf[this.records.length] = this.#placeOf(draft.system);
    this.records.push(this.#parts.record(draft.recordId, draft.kind, this.#inForms(draft)));
  }

  /** Dates as ISO and telephones as E.164, by what was learnt of the file. What cannot be read stays as it is typed. */
  #inForms({ system, fields }: Draft): Matchable {
    const { birthDate, phones, ...rest } = fields;
    const out: { -readonly [Name in keyof Matchable]: Matchable[Name] } = rest;
    const date = birthDate === undefined ? undefined : this.#parts.date(birthDate, this.#forms.dates(system));
    if (date !== undefined) out.birthDate = date;
    if (phones !== undefined) out.phones = phones.map((written) => this.#inE164(written, fields.country));
    return out;
  }

  #inE164(written: string, country: string | undefined): string {
    return (normalisePhone(written, country) ?? normalisePhone(written, this.#forms.phoneCountry))?.value ?? written;
  }

  #placeOf(system: string): number {
    const known = this.#systemPlaces.get(system);
    if (known !== undefined) return known;
    const place = this.systems.push(system) - 1;
    if (place > 0xffff)
      throw new CommandFailed('too-many-systems: more than 65,536 values of system; is its column the right one? See --map');
    this.#systemPlaces.set(system, place);
    return place;
  }

  #refuse(path: string, { line, message }: RowProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < shownProblems) this.#problems.push(`${path}, line ${line}: ${message}`);
  }

  refuseProblems(): void {
    if (this.#problemCount === 0) return;
    const more = this.#problemCount - this.#problems.length;
    throw new CommandFailed(
      `rows-refused: ${this.#problemCount} rows cannot be used. Mend them, or say in a map file which column is what (--map).\n` +
        this.#problems.map((problem) => `  ${problem}`).join('\n') +
        (more > 0 ? `\n  and ${more} more` : ''),
    );
  }
}
