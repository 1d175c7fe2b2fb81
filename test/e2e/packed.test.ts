import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../runtime/free-port.ts';
import { pack, run } from '../support/packed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the tarball, installed elsewhere by npm that runs no install script, does the main job', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
  writeFileSync(join(folder, 'package.json'), '{"name": "somewhere", "private": true}');
  const tarball = pack(folder);
  run('npm', ['install', tarball, '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  const env = { FICHA_HOME: join(folder, 'home'), FICHA_PORT: String(await freePort()) };
  expect(run('npx', ['ficha', '--version'], folder, env)).toMatch(/^\d+\.\d+\.\d+\n$/);
  const said = run('npx', ['ficha', 'up', '--sample', '--once'], folder, env);
  expect(said).toMatch(/requests closed +2, with [1-9]/);
  expect(existsSync(join(folder, 'home', 'postgres', 'PG_VERSION'))).toBe(true);
});
