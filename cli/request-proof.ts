import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { checkCertificate, readablePage } from '../runtime/verify-evidence.ts';
import { CommandFailed, exitCodes, query } from './connection.ts';
import { question } from './question.ts';
import { type Output, print } from './print.ts';

type Language = 'es' | 'it' | 'fr' | 'en';
interface Page {
  readonly page?: Language;
  readonly pdf?: Language;
  readonly out?: string;
}

const languages: readonly Language[] = ['es', 'it', 'fr', 'en'];

const pageOption = (): Option => new Option('--page <language>', 'write the readable page (HTML)').choices(languages);
const pdfOption = (): Option => new Option('--pdf <language>', 'write the readable PDF').choices(languages);

const asked = question('query ($id: ID!) { privacyRequest(id: $id) { certificate } }');

/** `ficha request verify|certificate`. */
export function addProof(request: Command): void {
  request
    .command('verify')
    .description('check a certificate offline: no server, no database, no network')
    .argument('<file>', 'the certificate, JSON')
    .option('--key <id>', 'key id that the controller published: without it only changes show, not who signed')
    .addOption(pageOption())
    .addOption(pdfOption())
    .option('--out <file>', 'where the page goes; the standard output when left out')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Output & Page & { readonly key?: string }) => {
      const { certificate, faults } = checkCertificate(file, options.key);
      if (faults.length > 0) {
        if (options.json) print(options, { valid: false, faults }, () => []);
        const said = faults.map(({ code, say }) => `${code}: ${say}`).join('\n');
        throw new CommandFailed(`certificate-refused: ${file} does not hold.\n${said}`, exitCodes.failed);
      }
      if (options.page ?? options.pdf) return write(await readable(certificate, options), options);
      const { body, signature } = certificate;
      const trust = options.key
        ? 'the key that you named'
        : 'compare it with the key that the controller published, or give --key';
      print(options, { valid: true, ...body, keyId: signature.keyId }, () => [
        `Valid: ${body.type} ${body.requestId}, ${body.outcome}, closed ${body.closedAt.slice(0, 10)}.`,
        ...body.systems.map(({ systemId, located, actions }) => {
          const done = Object.entries(actions).map(([action, count]) => `${count} ${action}`);
          return `  ${systemId}: ${located} located; ${done.join(', ') || 'nothing to do'}`;
        }),
        `Signed by key ${signature.keyId} (${trust}); ${body.evidence.count} pieces of evidence, sha-256 ${body.evidence.digest}`,
      ]);
    });
  request
    .command('certificate')
    .description('the signed certificate of a closed request, as JSON, as a page to read or as a PDF to file')
    .argument('<request-id>')
    .addOption(pageOption())
    .addOption(pdfOption())
    .option('--out <file>', 'where it goes; the standard output when left out')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Page & Output) => {
      const { privacyRequest } = await query<{ readonly privacyRequest: { readonly certificate: string | null } | null }>(
        'dpo',
        asked,
        {
          id,
        },
      );
      if (!privacyRequest?.certificate) {
        throw new CommandFailed('no-certificate: this request is not closed, or there is none with this id', exitCodes.nothing);
      }
      const certificate = JSON.parse(privacyRequest.certificate) as Parameters<typeof readablePage>[0]; // as the server signed it
      write(await readable(certificate, options), options);
    });
}

type Certificate = Parameters<typeof readablePage>[0];

async function readable(certificate: Certificate, { page, pdf }: Page): Promise<string | Buffer> {
  if (pdf !== undefined) {
    const { certificatePdf } = await import('../platform/certificate-pdf.ts'); // fonts and a PDF writer: only when asked
    return await certificatePdf(certificate, pdf);
  }
  return page === undefined ? `${JSON.stringify(certificate, null, 2)}\n` : readablePage(certificate, page);
}

function write(text: string | Buffer, { out, ...options }: Page & Output): void {
  if (out === undefined) return void process.stdout.write(text);
  writeFileSync(out, text);
  print(options, { file: out }, () => [`Written: ${out}`]);
}
