import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { command, download, exitCodes } from './connection.ts';
import { type Output, print, table } from './print.ts';

interface Receipt {
  readonly pii_processing: readonly {
    readonly purpose: string;
    readonly channel: string;
    readonly events: readonly { readonly event_time: string; readonly event_state: string; readonly method?: string | null }[];
  }[];
}

interface Told {
  readonly linkedSystemId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly told: string;
  readonly since: string;
  readonly answer: string;
  readonly detail: string | null;
  readonly readBackAt: string | null;
}

interface Drift {
  readonly clientId: string;
  readonly linkedSystemId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly foundAt: string;
}

interface ProcessingRecord {
  readonly purposes: readonly { readonly purpose: string; readonly legalBasis: string; readonly people: number }[];
  readonly recipients: readonly {
    readonly linkedSystemId: string;
    readonly regions: readonly string[];
    readonly transferBasis: string | null;
    readonly categories: readonly string[];
    readonly special: readonly { readonly category: string }[];
  }[];
}

/** `ficha consent receipt|told|drift|processing`: what an auditor or the person asks for. */
export function addProof(consent: Command): void {
  addReceipt(consent);
  addTold(consent);
  addDrift(consent);
  addProcessing(consent);
}

function addReceipt(consent: Command): void {
  consent
    .command('receipt')
    .description('everything that one client said, each with its proof; --json prints the ISO/IEC TS 27560 receipt')
    .argument('<client-id>', 'from `ficha client find`')
    .option('--json', 'print the receipt')
    .action(async (clientId: string, options: Output) => {
      const receipt = await command<Receipt>('dpo', 'GET', `/v1/consent-receipts/${encodeURIComponent(clientId)}`);
      const cells = receipt.pii_processing.flatMap(({ purpose, channel, events }) =>
        events.map((one) => [one.event_time, purpose, channel, one.event_state, one.method ?? '']),
      );
      print(options, receipt, () => table(['when', 'purpose', 'channel', 'state', 'how'], cells, 'Nothing was said.'));
    });
}

function addTold(consent: Command): void {
  consent
    .command('told')
    .description('which linked system was told of one client, when, and what it answered (GDPR art. 19)')
    .argument('<client-id>', 'from `ficha client find`')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: Output) => {
      const path = `/v1/consent-told/${encodeURIComponent(clientId)}`;
      const { told } = await command<{ readonly told: readonly Told[] }>('dpo', 'GET', path);
      const cells = told.map((one) => [
        one.since,
        one.linkedSystemId,
        one.told,
        `${one.purpose}/${one.channel}`,
        one.detail === null ? one.answer : `${one.answer} (${one.detail})`,
        one.readBackAt ?? 'not read back',
      ]);
      print(options, { told }, () =>
        table(['since', 'system', 'told', 'of', 'answer', 'read back'], cells, 'No system had to be told.'),
      );
    });
}

function addDrift(consent: Command): void {
  consent
    .command('drift')
    .description(
      'where a system allowed what the ledger denies, newest first; each was put right. Exit code 4 when there is none',
    )
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const { drift } = await command<{ readonly drift: readonly Drift[] }>('dpo', 'GET', '/v1/consent-drift');
      const cells = drift.map((one) => [one.foundAt, one.linkedSystemId, `${one.purpose}/${one.channel}`, one.clientId]);
      print(options, { drift }, () => table(['found', 'system', 'of', 'client'], cells, 'Every system obeyed.'));
      if (drift.length === 0) process.exitCode = exitCodes.nothing;
    });
}

interface ProcessingOptions extends Output {
  readonly page?: string;
  readonly language: string;
}

function addProcessing(consent: Command): void {
  consent
    .command('processing')
    .description('the record of processing (GDPR art. 30): purposes and recipients; whole as --json or as a page to print')
    .option('--page <file>', 'write it as an HTML page; - is the standard output')
    .addOption(new Option('--language <code>', 'of the page').choices(['es', 'it', 'fr', 'en']).default('en'))
    .option('--json', 'print JSON')
    .action(async ({ page, language, ...options }: ProcessingOptions) => {
      if (page !== undefined) return await writePage(page, language, options);
      const record = await command<ProcessingRecord>('dpo', 'GET', '/v1/processing-record');
      const purposes = record.purposes.map((one) => [one.purpose, one.legalBasis, `${one.people}`]);
      const recipients = record.recipients.map((one) => [
        one.linkedSystemId,
        one.regions.join(', '),
        one.transferBasis === null ? 'no' : 'yes',
        [...one.categories, ...new Set(one.special.map(({ category }) => category))].join(', '),
      ]);
      print(options, record, () => [
        ...table(['purpose', 'legal basis', 'people'], purposes, 'No purpose is configured.'),
        '',
        ...table(['system', 'where', 'transfer', 'holds'], recipients, 'No system holds anything yet.'),
      ]);
    });
}

async function writePage(file: string, language: string, options: Output): Promise<void> {
  const page = await text(await download('dpo', `/v1/processing-record?as=page&language=${language}`));
  if (file === '-') process.stdout.write(page);
  else {
    writeFileSync(file, page);
    print(options, { file }, () => [`Written to ${file}.`]);
  }
}
