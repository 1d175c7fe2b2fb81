import type { Command } from 'commander';
import { addClientDocument } from './client-document.ts';
import { addClientIdentity } from './client-identity.ts';
import { addClientRecipients } from './client-recipients.ts';
import { addClientWrite } from './client-write.ts';
import { CommandFailed, exitCodes, query } from './connection.ts';
import { question } from './question.ts';
import { type Output, print, table } from './print.ts';
import { wholeNumber } from './whole-number.ts';

interface Found {
  readonly id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

interface Shown extends Found {
  readonly taxId: string | null;
  readonly country: string | null;
  readonly company: { readonly name: string | null } | null;
  readonly glance: {
    readonly amount12Months: number;
    readonly currency: string | null;
    readonly lastContactAt: string | null;
    readonly openTickets: number;
  };
  readonly records: readonly { readonly linkedSystemId: string; readonly externalId: string }[];
  readonly consent: readonly {
    readonly purpose: string;
    readonly channel: string;
    readonly answer: string;
    readonly at: string;
  }[];
  readonly suppressions: readonly { readonly linkedSystemId: string; readonly channel: string; readonly state: string }[];
  readonly documents: readonly { readonly id: string; readonly title: string; readonly copy: { readonly size: number } | null }[];
  readonly provenance: readonly { readonly field: string; readonly linkedSystemId: string; readonly rule: string }[];
}

const find = question(
  `query ($search: String!, $first: Int) { clients(search: $search, first: $first) { edges { node { id kind name emails phones } } } }`,
);
const show = question(`query ($id: ID!) { client(id: $id) { id kind name emails phones taxId country company { name }
  glance { amount12Months currency lastContactAt openTickets } records { linkedSystemId externalId }
  documents(first: 20) { id title copy { size } } consent { purpose channel answer at } suppressions { linkedSystemId channel state } provenance { field linkedSystemId rule } } }`);

/** `ficha client find <text>` and `ficha client show <id>`. */
export function addClient(program: Command): void {
  const client = program.command('client').description('find and look at clients; every look is logged');
  addClientIdentity(client);
  addClientWrite(client);
  addClientDocument(client);
  addClientRecipients(client);
  client
    .command('find')
    .description('by name (typos forgiven), e-mail, phone or tax id')
    .argument('<text...>')
    .option('--first <n>', 'how many at most', wholeNumber(1, 100), 10)
    .option('--json', 'print JSON')
    .action(async (words: readonly string[], options: Output & { readonly first: number }) => {
      const search = words.join(' ').trim();
      if (search === '')
        throw new CommandFailed('nothing-asked: say a name, an e-mail, a phone or a tax id to look for', exitCodes.usage);
      const data = await query<{ readonly clients: { readonly edges: readonly { readonly node: Found }[] } }>(
        'front-office',
        find,
        {
          search,
          first: options.first,
        },
      );
      const found = data.clients.edges.map(({ node }) => node);
      const cells = found.map((one) => [one.id, one.kind, one.name ?? '', one.emails[0] ?? '', one.phones[0] ?? '']);
      print(options, found, () =>
        table(['id', 'kind', 'name', 'e-mail', 'phone'], cells, 'Nobody found. Fewer words find more.'),
      );
      if (found.length === 0) process.exitCode = exitCodes.nothing;
    });
  client
    .command('show')
    .description('one ficha: who, where from, what is allowed')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const { client: shown } = await query<{ readonly client: Shown | null }>('front-office', show, { id });
      if (!shown) throw new CommandFailed('no-client: no client has this id; `ficha client find` shows ids', exitCodes.nothing);
      print(options, shown, () => lines(shown));
    });
}

function lines(shown: Shown): string[] {
  const { glance } = shown;
  return [
    `${shown.name ?? '(no name)'}  [${shown.kind}]  ${shown.id}`,
    `e-mail   ${shown.emails.join(', ') || '-'}`,
    `phone    ${shown.phones.join(', ') || '-'}`,
    `tax id   ${shown.taxId ?? '-'}   country ${shown.country ?? '-'}   company ${shown.company?.name ?? '-'}`,
    `12 months ${glance.amount12Months.toFixed(2)} ${glance.currency ?? ''}   last contact ${glance.lastContactAt ?? '-'}   open tickets ${glance.openTickets}`,
    `records  ${shown.records.map((record) => `${record.linkedSystemId}:${record.externalId}`).join(', ')}`,
    `consent  ${shown.consent.map((said) => `${said.purpose}/${said.channel} ${said.answer} (${said.at.slice(0, 10)})`).join(', ') || 'nothing said: nothing may be sent'}`,
    `do not contact  ${shown.suppressions.map((held) => `${held.linkedSystemId}/${held.channel} ${held.state}`).join(', ') || '-'}`,
    ...(shown.documents.length === 0
      ? []
      : [
          `papers   ${shown.documents.map(({ id, title, copy }) => `${title} [${id}${copy === null ? '' : ', copy kept'}]`).join(', ')}`,
        ]),
    `from     ${shown.provenance.map((origin) => `${origin.field} <- ${origin.linkedSystemId} (${origin.rule})`).join(', ')}`,
  ];
}
