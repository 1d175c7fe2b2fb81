import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { orLeftOut } from '../../test/support/real/real-system.ts';
import { startRequestTracker } from '../../test/support/real/request-tracker.ts';
import { openOnServer } from '../../test/support/open-on-server.ts';

const readme = join(import.meta.dirname, 'README.md');

/** The commands that the README gives an administrator, as program and arguments. */
async function commandsFor(id: string): Promise<readonly (readonly string[])[]> {
  const lines = (await readFile(readme, 'utf8')).split('\n').filter((line) => line.startsWith('rt-shredder-5 '));
  return lines.map((line) =>
    [...line.replaceAll('<number>', id).matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
}

const dir = await mkdtemp(join(tmpdir(), 'ficha-rt-'));
const tickets = [{ subject: 'Factura', text: 'Soy Ana García, ana@example.test', open: true }];
const seed = [{ name: 'Ana García', email: 'ana@example.test', phone: '+34600111222', tickets }];
const reals = await orLeftOut(startRequestTracker({ dir, seed }));

describe.each(reals)('rt-shredder as the README tells an administrator to run it', (rt) => {
  afterAll(() => rt.stop().then(() => rm(dir, { recursive: true })));

  test('ends a partial erasure: verify says gone, and so does the database', async () => {
    const system = await openOnServer('request-tracker', rt);
    const [ana] = await system.lookup([{ kind: 'email', value: 'ana@example.test' }]);
    if (ana === undefined) throw new Error('the seed made no user');
    expect(await system.erase(ana, { key: 'k' })).toMatchObject({ result: 'partial' });
    const commands = await commandsFor(ana.externalId);
    expect(commands).toHaveLength(2);
    for (const [place, [program = '', ...args]] of commands.entries()) {
      const dump = join(dir, `shredded-${place}.sql`);
      await rt.onHost(program, ['--force', '--sqldump', dump, ...args.slice(args.indexOf('--plugin'))]);
    }
    expect(await system.verify(ana)).toMatchObject({ result: 'gone', count: 0 });
    expect(await rt.rawStorageSearch(['ana@example.test', 'García', '600111222', 'ficha-erased'])).toEqual([]);
  });
});
