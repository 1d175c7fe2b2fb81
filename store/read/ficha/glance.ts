import { iso, money, type Shape, value } from './shape.ts';

/** What counts as bought: ordered or invoiced, and neither a draft nor taken back. An order and its invoice are one purchase. */
const bought = (row: string): string =>
  `from sale s where s.client_id = ${row}.id and s.sale_kind = main_sale_kind(${row}.id)
     and coalesce(s.status, '') not in ('draft', 'refused', 'cancelled')`;

/** The last time that somebody was in contact, in a system or from Ficha. */
const lastContact = (row: string): string => `from (
  (select i.at, coalesce(i.channel, i.interaction_kind) as channel from interaction i
    where i.client_id = ${row}.id order by i.at desc, i.source_record_id desc limit 1)
  union all
  (select m.at, m.channel from source_record r join sent_message m on m.source_record_id = r.id
    where r.client_id = ${row}.id and m.state = 'sent' order by m.at desc limit 1)) c order by c.at desc limit 1`;

const reasonShape: Shape = {
  name: 'PotentialReason',
  fields: {
    code: value('commercial', (row) => `${row}.code`),
    points: value('commercial', (row) => `${row}.points`),
    most: value('commercial', (row) => `${row}.most`),
  },
};

const potentialShape: Shape = {
  name: 'Potential',
  fields: {
    score: value('commercial', (row) => `(select sum(p.points)::int from client_potential(${row}.id) p)`),
    reasons: {
      kind: 'many',
      category: 'commercial',
      shape: () => reasonShape,
      rows: (parent, row) =>
        `from client_potential(${parent}.id) ${row} where ${row}.points > 0 order by ${row}.points desc, ${row}.code`,
    },
  },
};

/** What a salesperson sees first, each value over its index (sale_client, interaction_client, client_identifier_client). */
export const glanceShape: Shape = {
  name: 'Glance',
  fields: {
    amount12Months: value(
      'commercial',
      (row) =>
        `coalesce((select ${money('sum(s.amount_cents)')} ${bought(row)} and s.at >= now() - interval '12 months' and s.currency = main_currency(${row}.id)), 0)`,
    ),
    currency: value('commercial', (row) => `main_currency(${row}.id)`),
    lastPurchaseAt: value('commercial', (row) => `(select ${iso('max(s.at)')} ${bought(row)})`),
    lastPurchaseAmount: value(
      'commercial',
      (row) => `(select ${money('s.amount_cents')} ${bought(row)} order by s.at desc, s.source_record_id desc limit 1)`,
    ),
    lastContactAt: value('commercial', (row) => `(select ${iso('c.at')} ${lastContact(row)})`),
    lastContactChannel: value('commercial', (row) => `(select c.channel ${lastContact(row)})`),
    openTickets: value(
      'commercial',
      (row) =>
        `(select count(*)::int from interaction i where i.client_id = ${row}.id and i.interaction_kind = 'ticket' and i.status = 'open')`,
    ),
    openOffers: value(
      'commercial',
      (row) =>
        `(select count(*)::int from sale s where s.client_id = ${row}.id and s.sale_kind = 'quote' and s.status in ('draft', 'sent'))`,
    ),
    potential: { kind: 'one', category: 'commercial', shape: () => potentialShape, rows: () => '' },
    qualityFlags: value('origin', (row) => `to_json(client_flags(${row}.id))`),
  },
};
