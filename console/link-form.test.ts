import { expect, test } from 'vitest';
import { aboutOf } from '../connectors/kit/about.ts';
import { manifestIn, ours } from '../connectors/kit/registry.ts';
import type { ConnectorAbout } from '../schemas/types.ts';
import { linkOf } from './pages/link-system.ts';

const about = (name: string): ConnectorAbout => aboutOf(manifestIn(ours, name, 'connectors'));
const setting = (name: string, of: string) => about(name).settings.find((one) => one.name === of);
const config = (name: string, form: Readonly<Record<string, string>>): unknown => linkOf(about(name), form)['config'];

test('texts are written one a line, without quotes or brackets', () => {
  expect(setting('web-form', 'origins')).toMatchObject({ type: 'list', example: null });
  const typed = ' https://www.acme.example\r\n\r\nhttps://acme.example ';
  expect(config('web-form', { 'config.origins': typed })).toEqual({
    origins: ['https://www.acme.example', 'https://acme.example'],
  });
});

test('the default of such a list is shown as a person would type it', () => {
  expect(setting('segment', 'purposes')).toMatchObject({ type: 'list', default: 'profiling' });
});

test('what must be written as JSON comes with how it looks, and that is read', () => {
  const { example } = setting('mailman', 'lists') ?? {};
  expect(example).toBe('[{"id":"…","purpose":"…","optIn":true}]');
  expect(config('mailman', { 'config.lists': example ?? '' })).toEqual({ lists: [{ id: '…', purpose: '…', optIn: true }] });
  expect(setting('spreadsheet', 'columns')?.example).toBe('{"key":"…","givenName":"…"}');
});
