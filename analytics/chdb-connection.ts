import { createWriteStream, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';

export type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>;

// the two packages differ only in how they write optional properties
const asConnection = (connection: ReturnType<typeof createChdbConnection>): Connection => connection as unknown as Connection;

/** A session of the embedded engine over a folder that this process owns. */
export const plainConnection = (folder: string): Connection => asConnection(createChdbConnection({ path: folder }));

const quoted = (text: string): string => text.replaceAll(/[\\']/g, '\\$&');

/**
 * A path under which the engine finds the files of a folder: it takes `{a,b}` in a path for a choice, and there is no escaping it, so that
 * a folder with such a name is reached by a link.
 */
function withoutChoices(folder: string): { readonly path: string; readonly remove: () => void } {
  if (!/[*?{]/.test(folder)) return { path: folder, remove: () => undefined };
  const holder = mkdtempSync(join(tmpdir(), 'ficha-incoming-'));
  symlinkSync(folder, join(holder, 'rows'));
  return { path: join(holder, 'rows'), remove: () => rmSync(holder, { recursive: true, force: true }) };
}

const statement = /^INSERT INTO (?<target>.+?)\s+FORMAT (?<format>\w+)\s*$/;

/**
 * Such a session whose inserts read their rows from a file: chdb sends a body as a part of the statement, which is a text and is read
 * letter by letter.
 * @param folder of the engine, which this process owns; the files lie beside it, one at a time, readable by its user only
 */
export function fileInserts(folder: string): Connection {
  const connection = createChdbConnection({ path: folder });
  const incoming = resolve(`${folder}-incoming`);
  rmSync(incoming, { recursive: true, force: true }); // of a process that was killed
  mkdirSync(incoming, { mode: 0o700 });
  const { path, remove } = withoutChoices(incoming);
  let number = 0;
  const close = connection.close.bind(connection);
  connection.close = async () => {
    remove();
    await close();
  };
  const exec = connection.exec.bind(connection);
  connection.exec = async ({ query, values, ...params }) => {
    const { target, format } = statement.exec(query)?.groups ?? {};
    if (values === undefined || target === undefined || format === undefined) return await exec({ ...params, query });
    const file = join(path, `${(number += 1)}`);
    try {
      await pipeline(values instanceof Readable ? values : Readable.from([values]), createWriteStream(file, { mode: 0o600 }));
      return await exec({ ...params, query: `INSERT INTO ${target} SELECT * FROM file('${quoted(file)}', ${format})` });
    } finally {
      await rm(file, { force: true });
    }
  };
  return asConnection(connection);
}
