import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { givenSettings, loadSettings } from './settings.ts';

const fileWith = (text: string): string => {
  const file = join(temporaryFolder(), 'mine.yaml');
  writeFileSync(file, text);
  return file;
};

test('a line of the file holds until the environment says otherwise; secrets of files count too', () => {
  const secret = fileWith('postgres://u:hush@db/f\n');
  const FICHA_CONFIG = fileWith(`FICHA_PORT: 4999\nLOG_LEVEL: warn\nFICHA_MODE:\nDATABASE_URL_FILE: ${secret}\n`);
  const settings = loadSettings({ FICHA_CONFIG, LOG_LEVEL: 'debug' });
  expect(settings).toMatchObject({ http: { port: 4999 }, logLevel: 'debug', mode: 'development' });
  expect(settings.databaseUrl).toBe('postgres://u:hush@db/f');
  expect(givenSettings({ FICHA_CONFIG }).get('FICHA_PORT')).toEqual({ text: '4999', from: 'file' });
});

test.each([
  ['FICHA_PROT: 1', 'FICHA_PROT is not a setting. Did you mean FICHA_PORT?'],
  ['COLOUR: red', 'COLOUR is not a setting. All settings: ficha config explain'],
  ['FICHA_PORT: [1, 2]', 'FICHA_PORT takes one value'],
  ['- FICHA_PORT', 'must hold settings by name'],
  ['FICHA_MODE: production\nFICHA_TOKEN: "hush', 'line 2'],
  ['FICHA_PORT: many', 'FICHA_PORT must be of type integer'],
])('a config file with %j is refused with what, where and the way out', (text, says) => {
  const load = (): unknown => loadSettings({ FICHA_CONFIG: fileWith(text) });
  expect(load).toThrow(says);
  expect(load).not.toThrow('hush');
});

test('a file that FICHA_CONFIG names must be there', () => {
  expect(() => loadSettings({ FICHA_CONFIG: join(temporaryFolder(), 'none.yaml') })).toThrow(/config-unreadable: .*none\.yaml/);
});
