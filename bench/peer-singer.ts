import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerPython } from './peer-python.ts';

const version = '0.54.9';
const script = fileURLToPath(new URL('peer-singer.py', import.meta.url));

/** What a peer read. */
export interface Peer {
  readonly name: string;
  readonly records: number;
  readonly seconds: number;
}

/**
 * A tap of the Singer SDK over the same vendor, which writes what it reads to standard output, a file here, and stores nothing. Its start
 * is not counted. Undefined where Python or PyPI is missing.
 */
export function singerPeer(say: (line: string) => void, vendorUrl: string, pageSize: number, folder: string): Peer | undefined {
  const name = `singer-sdk ${version}`;
  const python = peerPython({ name: 'singer-sdk', version, modules: ['singer_sdk'] }, say);
  if (python === undefined) {
    say(`${name} is left out: python3 with venv and PyPI are needed`);
    return undefined;
  }
  say(`${name}, the same records to standard output`);
  const output = join(folder, 'singer.ndjson');
  const file = openSync(output, 'w');
  const { status, stderr } = spawnSync(python, [script, vendorUrl, String(pageSize)], {
    stdio: ['ignore', file, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(file);
  const records = readFileSync(output, 'utf8').split('\n{"type":"RECORD"').length - 1;
  const seconds = Number(stderr.trim().split('\n').at(-1));
  if (status === 0 && records > 0) return { name, records, seconds };
  say(`${name} ended with ${status} after ${records} records: ${stderr.slice(-2_000)}`);
  return undefined;
}
