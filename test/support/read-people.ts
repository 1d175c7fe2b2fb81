import { type Db, sql } from '../../store/database.ts';

/** Ids of the clients that `seedPeople` writes. The last three must never be shown. */
export const people = {
  ana: '0190a000-0000-7000-8000-000000000001',
  quintana: '0190a000-0000-7000-8000-000000000002',
  elena: '0190a000-0000-7000-8000-000000000003',
  blocked: '0190a000-0000-7000-8000-00000000000b',
  restricted: '0190a000-0000-7000-8000-00000000000c',
  erased: '0190a000-0000-7000-8000-00000000000e',
} as const;

/** An id that was merged into Ana's. */
export const anaAlias = '0190a000-0000-7000-8000-0000000000a1';
/** An id that belongs to nobody. */
export const nobody = '0190a000-0000-7000-8000-0000000000ff';

/** Words that belong to people who must never be shown: no answer may hold them. */
export const hiddenWords = ['Bruno', 'Bloqueado', 'Carla', 'Restringida', 'Dino', 'Borrado', 'oculto'];

interface Seed {
  readonly id: string;
  readonly kind: 'person' | 'company';
  readonly state: string;
  readonly name: string;
  readonly golden: Readonly<Record<string, unknown>>;
  readonly companyId?: string;
}

const seeds: readonly Seed[] = [
  {
    id: people.quintana,
    kind: 'company',
    state: 'active',
    name: 'Talleres Quintana SL',
    golden: { companyName: 'Talleres Quintana SL', taxId: 'B12345674', emails: ['info@quintana.example'], sector: 'metal' },
  },
  {
    id: people.ana,
    kind: 'person',
    state: 'active',
    name: 'Ana Núñez Ortega',
    companyId: people.quintana,
    golden: {
      givenName: 'Ana',
      familyName: 'Núñez Ortega',
      emails: ['ana.nunez@quintana.example'],
      phones: ['+34 600 111 222'],
      taxId: '12345678Z',
      birthDate: '1980-05-17',
      notes: 'prefers the morning',
      acquisitionSource: 'fair',
    },
  },
  { id: people.elena, kind: 'person', state: 'active', name: 'Elena Rossi', golden: { givenName: 'Elena', familyName: 'Rossi' } },
  ...(
    [
      [people.blocked, 'blocked', 'Bruno Bloqueado'],
      [people.restricted, 'restricted', 'Carla Restringida'],
      [people.erased, 'erased', 'Dino Borrado'],
    ] as const
  ).map(([id, state, name]) => ({
    id,
    kind: 'person' as const,
    state,
    name,
    companyId: people.quintana,
    golden: { givenName: name, emails: [`oculto-${state}@example.org`] },
  })),
];

const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Systems, clients with their records and identifiers, and what hangs from them. As the worker. */
export async function seedPeople(db: Db): Promise<void> {
  await db.query(sql`
    insert into linked_system (id, connector, title) values ('erp', 'tryton', 'The ERP'), ('crm', 'spreadsheet', 'The workbook')`);
  for (const seed of seeds) await seedClient(db, seed);
  await db.query(sql`insert into client_alias (alias_id, client_id) values (${anaAlias}, ${people.ana})`);
  await seedActivity(db);
}

async function seedClient(db: Db, seed: Seed): Promise<void> {
  await db.query(sql`
    insert into client (id, kind, state, display_name, search_name, golden, company_id, country, acquisition_source)
    values (${seed.id}, ${seed.kind}, ${seed.state}, ${seed.name}, ${folded(seed.name)}, ${JSON.stringify(seed.golden)}::jsonb,
            ${seed.companyId ?? null}, 'ES', ${seed.golden['acquisitionSource'] ?? null})`);
  const { rows } = await db.query<{ readonly id: string }>(sql`
    insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
    values ('erp', ${seed.kind}, ${`e-${seed.id.slice(-2)}`}, '{}', ${JSON.stringify(seed.golden)}::jsonb, '\\x00', 'all',
            gen_random_uuid(), ${seed.id})
    returning id`);
  const record = rows[0]?.id ?? '';
  const identifiers = [
    ['email', (seed.golden['emails'] as readonly string[] | undefined)?.[0]],
    ['phone', (seed.golden['phones'] as readonly string[] | undefined)?.[0]?.replaceAll(' ', '')],
    ['tax-id', seed.golden['taxId']],
    ['external-id', `erp:e-${seed.id.slice(-2)}`],
  ].filter(([, value]) => value !== undefined);
  for (const [kind, value] of identifiers) {
    await db.query(sql`
      insert into client_identifier (kind, value, client_id, source_record_id) values (${kind}, ${value}, ${seed.id}, ${record})`);
  }
  await db.query(sql`
    update client set origins = (
        select jsonb_agg(jsonb_build_object('field', key, 'source_record_id', ${record}::bigint, 'linked_system_id', 'erp',
                 'rule', 'source-rank', 'at', '2026-01-02T00:00:00Z', 'losing',
                 jsonb_build_array(jsonb_build_object('value', 'another', 'linkedSystemId', 'crm', 'sourceRecordId', '1', 'at', null))))
          from jsonb_object_keys(golden) key)
     where id = ${seed.id}`);
}

/** Sales, a ticket, an e-mail, a document, consent and a suppression of Ana; a sale of somebody blocked. */
async function seedActivity(db: Db): Promise<void> {
  const record = async (kind: string, id: string, owner: string, canonical: object): Promise<string> => {
    const { rows } = await db.query<{ readonly id: string }>(sql`
      insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
      values ('erp', ${kind}, ${id}, '{}', ${JSON.stringify(canonical)}::jsonb, '\\x00', 'all', gen_random_uuid(), ${owner})
      returning id`);
    return rows[0]?.id ?? '';
  };
  const sale = async (id: string, owner: string, kind: string, status: string, daysAgo: number, cents: number) => {
    const lines = [{ sku: `SKU-${id}`, description: 'A thing', quantity: 2, amountCents: cents }];
    const saleId = await record('sale', id, owner, { lines });
    await db.query(sql`
      insert into sale (source_record_id, linked_system_id, client_id, sale_kind, status, number, at, amount_cents, currency, channel)
      values (${saleId}, 'erp', ${owner}, ${kind}, ${status}, ${id}, now() - make_interval(days => ${daysAgo}::int), ${cents}, 'EUR', 'web')`);
  };
  await sale('S-1', people.ana, 'order', 'confirmed', 10, 12_345);
  await sale('S-2', people.ana, 'invoice', 'paid', 40, 10_000);
  await sale('S-3', people.ana, 'quote', 'sent', 5, 99_900);
  await sale('S-4', people.ana, 'order', 'confirmed', 500, 5_000);
  await sale('S-9', people.blocked, 'order', 'confirmed', 3, 777);
  const talk = async (id: string, kind: string, status: string | null, daysAgo: number, subject: string) => {
    const talkId = await record('interaction', id, people.ana, { text: `text of ${subject}` });
    await db.query(sql`
      insert into interaction (source_record_id, linked_system_id, client_id, interaction_kind, direction, status, channel, at, subject)
      values (${talkId}, 'erp', ${people.ana}, ${kind}, 'in', ${status}, 'email', now() - make_interval(days => ${daysAgo}::int), ${subject})`);
  };
  await talk('T-1', 'ticket', 'open', 2, 'late delivery');
  await talk('T-2', 'email', null, 20, 'an offer');
  await record('document', 'D-1', people.ana, {
    title: 'Contract',
    mediaType: 'application/pdf',
    originUrl: 'https://erp.example/doc/1',
    at: '2026-02-01T00:00:00.000Z',
  });
  const { rows } = await db.query<{ readonly id: string }>(sql`
    insert into consent_subject (source_record_id) select id from source_record where external_id = 'e-01' returning id`);
  for (const [answer, at] of [
    ['granted', '2026-01-10'],
    ['denied', '2026-03-10'],
  ]) {
    await db.query(sql`
      insert into consent_event (subject_id, purpose, channel, answer, at, linked_system_id, how, text_version, evidence, dedupe_key)
      values (${rows[0]?.id}, 'marketing', 'email', ${answer}, ${`${at}T00:00:00Z`}, 'erp', 'form', 'v2', 'form-7', decode(md5(${at}), 'hex'))`);
  }
  await db.query(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since, state)
    values (${people.ana}, 'marketing', 'email', 'crm', '2026-03-10T00:00:00Z', 'applied')`);
}
