import { column, type Field, type Shape, time, value } from './shape.ts';

const answerShape: Shape = {
  name: 'ConsentAnswer',
  fields: {
    purpose: column('consent', 'purpose'),
    channel: column('consent', 'channel'),
    answer: column('consent', 'answer'),
    at: time('consent', 'at'),
    linkedSystemId: column('consent', 'linked_system_id'),
    how: column('consent', 'how'),
    textVersion: column('consent', 'text_version'),
    evidence: column('consent', 'evidence'),
  },
};

const eventShape: Shape = {
  name: 'ConsentEvent',
  fields: {
    id: value('consent', (row) => `${row}.id::text`),
    purpose: column('consent', 'purpose'),
    channel: column('consent', 'channel'),
    answer: column('consent', 'answer'),
    at: time('consent', 'at'),
    atKnown: column('consent', 'at_known'),
    receivedAt: time('consent', 'received_at'),
    linkedSystemId: column('consent', 'linked_system_id'),
    legalBasis: column('consent', 'legal_basis'),
    how: column('consent', 'how'),
    textVersion: column('consent', 'text_version'),
    language: column('consent', 'language'),
    evidence: column('consent', 'evidence'),
  },
};

const suppressionShape: Shape = {
  name: 'Suppression',
  fields: {
    purpose: column('consent', 'purpose'),
    channel: column('consent', 'channel'),
    linkedSystemId: column('consent', 'linked_system_id'),
    since: time('consent', 'since'),
    state: column('consent', 'state'),
    readBackAt: time('consent', 'read_back_at'),
  },
};

/** What a person said and what follows from it. Functions: migration 0005; indexes: suppression_client_in_force. */
export const consentFields: Readonly<Record<string, Field>> = {
  consent: {
    kind: 'many',
    category: 'consent',
    shape: () => answerShape,
    rows: (parent, row) =>
      `from consent_matrix(${parent}.id) ${row} order by ${row}.purpose collate "C", ${row}.channel collate "C"`,
    ofPage: (ids, row) =>
      `from consent_matrices(${ids}) ${row} order by ${row}.client_id, ${row}.purpose collate "C", ${row}.channel collate "C"`,
  },
  consentHistory: {
    kind: 'many',
    category: 'consent',
    shape: () => eventShape,
    rows: (parent, row, w, args) =>
      `from consent_ledger(${parent}.id) ${row} order by ${row}.at desc, ${row}.id desc limit ${w.bind(args('first'))}`,
  },
  suppressions: {
    kind: 'many',
    category: 'consent',
    shape: () => suppressionShape,
    rows: (parent, row) =>
      `from suppression ${row} where ${row}.client_id = ${parent}.id and ${row}.lifted_at is null
       order by ${row}.since desc, ${row}.linked_system_id limit 500`,
  },
};
