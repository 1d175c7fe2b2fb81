import { expect, test } from 'vitest';
import type { ConnectorManifest } from '../../schemas/types.ts';
import { filledManifest } from './fill-settings.ts';

const manifest: ConnectorManifest = {
  name: 'table',
  title: 'Table',
  version: 1,
  vendor: { docs: 'https://example.org' },
  entities: {
    person: {
      list: { request: 'GET /{config.table}', page: { kind: 'none' }, query: { filter: '{{config.email}} = 1' } },
      id: 'id',
      shape: { 'fields.{config.email}': ['string'] },
      map: { emails: 'fields.{config.email}', phones: 'fields.{config.phone}' },
    },
  },
  erase: {
    person: {
      mode: 'hard',
      residue: [],
      steps: [{ request: 'PATCH /{config.table}/{id}', json: { fields: { '{config.email}': null, '{config.phone}': null } } }],
    },
  },
};

test('columns of the settings stand in places of a record and in keys of what is sent', () => {
  const { entities, erase } = filledManifest(manifest, { table: 'a/b', email: 'E-Mail', phone: 'Tel' });
  expect(entities['person']?.map).toEqual({ emails: 'fields.E-Mail', phones: 'fields.Tel' });
  expect(entities['person']?.shape).toEqual({ 'fields.E-Mail': ['string'] });
  expect(erase?.['person']?.steps[0]?.json).toEqual({ fields: { 'E-Mail': null, Tel: null } });
});

test('a column that is not set is not written', () => {
  const { erase } = filledManifest(manifest, { table: 't', email: 'E-Mail', phone: '' });
  expect(erase?.['person']?.steps[0]?.json).toEqual({ fields: { 'E-Mail': null } });
});

test('what is sent keeps its placeholders, so that a path is still percent-encoded', () => {
  const { entities } = filledManifest(manifest, { table: 'a/b', email: 'E-Mail', phone: '' });
  expect(entities['person']?.list).toEqual(manifest.entities['person']?.list);
});

test('a manifest without columns in the settings is left as it is', () => {
  const plain: ConnectorManifest = { ...manifest, entities: { person: { id: 'id', map: { emails: 'email' } } }, erase: {} };
  expect(filledManifest(plain, {})).toBe(plain);
});
