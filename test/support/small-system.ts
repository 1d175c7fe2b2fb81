import type {
  Capabilities,
  EraseResult,
  ExportedRecord,
  HeldFiles,
  Identifier,
  LinkedSystem,
  RecordRef,
  RedactOrder,
  RedactResult,
  VerifyResult,
} from '../../connectors/kit/contract.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { RecordKind } from '../../domain/record/source-record.ts';

export interface HeldRecord {
  readonly kind: RecordKind;
  readonly externalId: string;
  readonly identifiers: readonly Identifier[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A file of a small system. */
export interface SmallFile {
  readonly of: RecordRef | null;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How a small system misbehaves. */
export interface Manners {
  /** Answers OK and keeps the row. */
  lies?: boolean;
  /** Erases, then the answer is lost: so many times. */
  losesAnswers?: number;
  /** Deletes into a bin that still answers reads, purged after this day. */
  binUntil?: string;
  /** Cannot be reached at all. */
  down?: boolean;
  /** Has no way to erase. */
  cannotErase?: boolean;
  /** Keeps files that no call searches. */
  keepsFiles?: boolean;
  /** Gives out these files, by id. */
  files?: Map<string, SmallFile>;
  /** Can blot texts of a record that stays. */
  redacts?: boolean;
  /** Erases a person by emptying the row, which stays. */
  empties?: boolean;
  /** Runs once the row is gone and before the answer. */
  afterErase?: () => Promise<void>;
}

/** A linked system small enough to see through: its rows, its bin, and a ledger of every write that took place. */
export class SmallSystem {
  readonly rows = new Map<string, HeldRecord>();
  readonly bin = new Map<string, HeldRecord>();
  readonly ledger: { readonly verb: 'erase' | 'redact'; readonly record: string; readonly key: string }[] = [];
  readonly manners: Manners;
  readonly systemId: string;

  constructor(systemId: string, records: readonly HeldRecord[], manners: Manners = {}) {
    this.systemId = systemId;
    this.manners = manners;
    for (const record of records) this.put(record);
  }

  put(record: HeldRecord): void {
    this.rows.set(keyOf(record), record);
  }

  /** Whether any byte of a text is still in its storage. */
  holds(text: string): boolean {
    return JSON.stringify([...this.rows.values(), ...this.bin.values()]).includes(text);
  }

  open(): LinkedSystem {
    return {
      systemId: this.systemId,
      capabilities: this.capabilities(),
      check: () => Promise.resolve({ ok: true, problems: [] }),
      pull: () => {
        throw new FichaError('not-in-this-test', 'a small system is not pulled');
      },
      lookup: (identifiers) => this.answer(() => this.lookup(identifiers)),
      readConsent: () => Promise.resolve([]),
      suppress: () => Promise.resolve({ result: 'unsupported' }),
      unsuppress: () => Promise.resolve({ result: 'unsupported' }),
      erase: (ref, { key, dryRun }) =>
        dryRun === true ? this.answer<EraseResult>(() => ({ result: 'would-erase', residue: [] })) : this.erase(ref, key),
      export: (ref) => this.answer(() => this.export(ref)),
      verify: (ref) => this.answer(() => this.verify(ref)),
      ...(this.manners.redacts === true
        ? { redact: (ref: RecordRef, order: RedactOrder) => this.answer(() => this.redact(ref, order)) }
        : {}),
      anonymises: ({ kind }) => (kind === 'person' ? this.manners.empties === true : this.manners.redacts === true),
      ...(this.manners.files === undefined ? {} : { files: this.files(this.manners.files) }),
      close: () => Promise.resolve(),
    };
  }

  private files(held: ReadonlyMap<string, SmallFile>): HeldFiles {
    return {
      async *list() {
        for (const [id, { of, name, bytes }] of held)
          yield await Promise.resolve({ id, of, name, mediaType: 'application/octet-stream', size: bytes.length });
      },
      read: (id) => {
        const file = held.get(id);
        return Promise.resolve(file && { name: file.name, mediaType: 'application/octet-stream', bytes: file.bytes });
      },
    };
  }

  private capabilities(): Capabilities {
    return {
      kinds: ['person', 'sale', 'interaction'],
      streams: [],
      incremental: false,
      lookup: true,
      contacts: [],
      suppress: false,
      erase: this.manners.cannotErase !== true,
      redact: this.manners.redacts === true,
      export: true,
      verify: true,
      ...(this.manners.files === undefined ? {} : { files: true }),
      ...(this.manners.keepsFiles === true ? { gaps: [{ verb: 'search-files', say: 'search them by hand' }] } : {}),
    };
  }

  private async answer<T>(work: () => T): Promise<T> {
    if (this.manners.down === true) throw new FichaError('vendor-unreachable', 'no answer', { retry: 'later' });
    return await Promise.resolve(work());
  }

  private lookup(identifiers: readonly Identifier[]): readonly RecordRef[] {
    return [...this.rows.values()].filter((row) =>
      row.identifiers.some((own) => identifiers.some(({ kind, value }) => own.kind === kind && own.value === value)),
    );
  }

  private async erase(ref: RecordRef, key: string): Promise<EraseResult> {
    await this.answer(() => undefined);
    const name = keyOf(ref);
    const row = this.rows.get(name);
    if (row === undefined || this.manners.lies === true) return { result: 'done', residue: [], status: 200 };
    if (this.manners.empties === true && ref.kind === 'person') this.put({ ...row, identifiers: [], fields: {} });
    else this.rows.delete(name);
    this.ledger.push({ verb: 'erase', record: name, key });
    if (this.manners.binUntil !== undefined) this.bin.set(name, row);
    await this.manners.afterErase?.();
    if ((this.manners.losesAnswers ?? 0) > 0) {
      this.manners.losesAnswers = (this.manners.losesAnswers ?? 0) - 1;
      throw new FichaError('vendor-timeout', 'the answer was lost', { retry: 'later' });
    }
    return { result: 'done', residue: this.binned(name), status: 200 };
  }

  private binned(name: string): { where: string; due: string }[] {
    return this.bin.has(name) ? [{ where: 'bin', due: this.manners.binUntil ?? '' }] : [];
  }

  private export(ref: RecordRef): ExportedRecord | null {
    const row = this.rows.get(keyOf(ref));
    return row === undefined ? null : { ref, fields: row.fields, attachments: [] };
  }

  private redact(ref: RecordRef, { key, texts }: RedactOrder): RedactResult {
    const name = keyOf(ref);
    const row = this.rows.get(name);
    if (row === undefined) return { result: 'absent' };
    if (this.manners.lies === true) return { result: 'done', status: 200 };
    const blot = (text: string): string => texts.reduce((left, one) => left.replaceAll(one, '[…]'), text);
    const fields = Object.fromEntries(
      Object.entries(row.fields).map(([field, value]) => [field, typeof value === 'string' ? blot(value) : value]),
    );
    this.rows.set(name, { ...row, fields });
    this.ledger.push({ verb: 'redact', record: name, key });
    return { result: 'done', status: 200 };
  }

  private verify(ref: RecordRef): VerifyResult {
    const name = keyOf(ref);
    const row = this.rows.get(name);
    const isEmptied = this.manners.empties === true && row?.kind === 'person' && Object.keys(row.fields).length === 0;
    if (row !== undefined && !isEmptied) return { result: 'present', residue: [], count: 1, status: 200 };
    const residue = this.binned(name);
    return residue.length > 0 ? { result: 'pending', residue, count: 1 } : { result: 'gone', residue, count: 0, status: 404 };
  }
}

const keyOf = ({ kind, externalId }: RecordRef): string => `${kind}:${externalId}`;
