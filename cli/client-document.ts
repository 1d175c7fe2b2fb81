import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { command, download, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { mediaTypeOf } from './media-type.ts';
import { type Output, print } from './print.ts';
import { readBytes } from './read-file.ts';

const pathOf = (documentId: string): string => `/v1/documents/${encodeURIComponent(documentId)}/copy`;

/** `ficha client document keep|get|drop`: the encrypted copy of a document of a linked system. */
export function addClientDocument(client: Command): void {
  const document = client.command('document').description('encrypted copies of documents; `ficha client show` says their ids');
  document
    .command('keep')
    .description('keep a copy, sealed; it goes when the document is erased')
    .argument('<document-id>')
    .argument('<file>', 'at most 8 MiB')
    .option('--type <media-type>', 'as in application/pdf; by the ending of the file when left out')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, file: string, options: Output & Trying & { readonly type?: string }) => {
      const mediaType = options.type ?? mediaTypeOf(file);
      const body = { mediaType, content: readBytes(file).toString('base64') };
      const kept = await command<{ readonly size: number; readonly sha256: string }>(
        'front-office',
        'PUT',
        pathOf(id),
        body,
        options,
      );
      const what = `${kept.size} bytes, sha-256 ${kept.sha256}`;
      print(options, kept, () => doneOr(options, `It would be kept: ${what}.`, [`Kept: ${what}`]));
    });
  document
    .command('get')
    .description('read the copy; the look is logged')
    .argument('<document-id>')
    .requiredOption('--out <file>', 'where it goes')
    .option('--json', 'print JSON')
    .action(async (id: string, { out, ...options }: Output & { readonly out: string }) => {
      await writeFile(out, await download('front-office', pathOf(id)));
      print(options, { file: out }, () => [`Written: ${out}`]);
    });
  document
    .command('drop')
    .description('take the copy away; the original stays where it is')
    .argument('<document-id>')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output & Confirming & Trying) => {
      await confirmed('Destroy the copy? Nothing brings it back.', options);
      const dropped = await command<object>('front-office', 'DELETE', pathOf(id), undefined, options);
      print(options, dropped, () => doneOr(options, 'The copy would be destroyed.', ['The copy is gone.']));
    });
}
