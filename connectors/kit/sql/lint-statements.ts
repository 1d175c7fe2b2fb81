import type { Problem } from '../../../platform/validate.ts';
import type { ConnectorManifest } from '../../../schemas/types.ts';
import { invalid } from '../lint-problem.ts';
import { placeholdersOf } from '../template.ts';
import { bare, isReading, isStatement } from './statement.ts';

/** Every `request` under a value, with its path. */
function requestsIn(value: unknown, path: string): (readonly [path: string, request: string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const place = path === '' ? key : `${path}.${key}`;
    return key === 'request' && typeof inner === 'string' ? [[place, inner] as const] : requestsIn(inner, place);
  });
}

const mayWrite = (path: string): boolean => /^(erase|redact)\.|^consent\.\d+\.(suppress|unsuppress)\./.test(path);

function statementProblems(path: string, request: string): Problem[] {
  const text = bare(request);
  return [
    ...(text.includes(';') ? [invalid(path, 'one statement only, without ";"')] : []),
    ...(placeholdersOf(text).length < placeholdersOf(request).length
      ? [invalid(path, 'a {placeholder} stands in quotes or in a comment: it is a parameter, so leave the quotes out')]
      : []),
    ...(mayWrite(path) || isReading(request) ? [] : [invalid(path, 'it may only read here: select, and no word that writes')]),
    ...(/^entities\.[^.]+\.(list|changes)\.request$/.test(path) && !request.includes('{page.size}')
      ? [invalid(path, 'it needs `limit {page.size}`: tables are read page by page')]
      : []),
  ];
}

/** What a manifest with a database may not say, or must say. */
export function databaseProblems(manifest: ConnectorManifest): Problem[] {
  const { database, server, secrets = [], entities } = manifest;
  const requests = requestsIn(manifest, '');
  if (database === undefined)
    return requests.flatMap(([path, request]) => (isStatement(request) ? [invalid(path, 'SQL needs `database`')] : []));
  const { kind, secret, host, file } = database;
  return [
    ...(server === undefined ? [] : [invalid('server', 'it calls a server or a database, not both')]),
    ...(kind === 'sqlite' && file === undefined ? [invalid('database', 'sqlite needs `file`')] : []),
    ...(kind !== 'sqlite' && host === undefined ? [invalid('database', `${kind} needs \`host\``)] : []),
    ...(secret === undefined || secrets.includes(secret)
      ? []
      : [invalid('database.secret', `"${secret}" is not one of \`secrets\``)]),
    ...requests.flatMap(([path, request]) =>
      isStatement(request) ? statementProblems(path, request) : [invalid(path, 'a database is asked by SQL: begin with "SQL "')],
    ),
    ...Object.entries(entities).flatMap(([name, { list, changes }]) =>
      [list, changes].flatMap((listing) => [
        ...(listing !== undefined && listing.page.kind !== 'keyset'
          ? [invalid(`entities.${name}`, 'a table is read by `page: { kind: keyset, key, size, first }`')]
          : []),
        ...(kind === 'mysql' && listing?.cursor !== undefined && listing.cursor.send === undefined
          ? [invalid(`entities.${name}`, '`cursor` needs `send: naive-utc`: MySQL reads no time with a zone')]
          : []),
      ]),
    ),
  ];
}

const columns: Readonly<Record<NonNullable<ConnectorManifest['database']>['kind'], string>> = {
  postgresql:
    "SQL select table_name || '.' || column_name as name, data_type as type from information_schema.columns where table_schema = current_schema() order by 1",
  mysql:
    "SQL select concat(table_name, '.', column_name) as name, data_type as type from information_schema.columns where table_schema = database() order by 1",
  sqlite:
    "SQL select m.name || '.' || p.name as name, p.type as type from sqlite_master m join pragma_table_info(m.name) p where m.type in ('table', 'view') order by 1",
};

/** A manifest with a database, with what needs no saying: a question that it answers, and its columns. */
export function withDatabaseDefaults(manifest: ConnectorManifest): ConnectorManifest {
  const { database } = manifest;
  if (database === undefined) return manifest;
  const discover = { columns: { request: columns[database.kind], name: 'name', type: 'type' } };
  return { check: { request: 'SQL select 1' }, discover, ...manifest };
}
