import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { checkAuditExport, type KnownHead } from '../runtime/verify-evidence.ts';
import { CommandFailed, download, exitCodes } from './connection.ts';
import { type Output, print } from './print.ts';

/** `ficha audit export|verify`. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('the log of every change, hash-chained and signed once a day');
  audit
    .command('export')
    .description('write the whole log to a file, one entry a line; it holds no personal data')
    .argument('<file>')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Output) => {
      const body = await download('dpo', '/v1/audit');
      await pipeline(Readable.fromWeb(body), createWriteStream(file, { mode: 0o600 }));
      print(options, { file }, () => [`Written: ${file}`, `Check it, here or on another machine: ficha audit verify ${file}`]);
    });
  audit
    .command('verify')
    .description('check an export offline: no server, no database; names the first entry that is not what was written')
    .argument('<file>')
    .option('--key <id>', 'key id that the controller published')
    .option('--head <seq:hash>', 'a head that you kept from an earlier export: shows a log that was written anew')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Output & { readonly key?: string; readonly head?: string }) => {
      const known = options.head === undefined ? undefined : knownHead(options.head);
      const reading = await checkAuditExport(file, options.key, known);
      const { fault, signed, end, entries, heads, keyIds, signedDay } = reading;
      if (fault !== null) {
        if (options.json) print(options, { valid: false, ...reading }, () => []);
        const where = [fault.line > 0 ? `line ${fault.line}` : '', fault.seq === null ? '' : `entry ${fault.seq}`];
        throw new CommandFailed(`audit-refused: ${file}, ${where.filter(Boolean).join(', ')}: ${fault.code}: ${fault.say}`);
      }
      const unsigned = end.seq - (signed?.seq ?? 0);
      print(options, { valid: true, ...reading }, () => [
        `Whole: ${entries} entries, ${heads} signed heads.`,
        signed === null
          ? 'No signed head: the chain holds, but nothing says who wrote it.'
          : `Signed up to entry ${signed.seq} (${signedDay ?? ''}) by key ${keyIds.join(', ')}.`,
        ...(unsigned > 0 && signed !== null ? [`${unsigned} entries after it are chained and not signed.`] : []),
        `Keep this head to check a later export: --head ${end.seq}:${end.hash}`,
      ]);
    });
}

function knownHead(text: string): KnownHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new CommandFailed('bad-head: --head takes <seq>:<hash>, as `ficha audit verify` prints it', exitCodes.usage);
  }
  return { seq: Number(seq), hash };
}
