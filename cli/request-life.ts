import type { Command } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { command, CommandFailed, exitCodes, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print } from './print.ts';

const at = (id: string, verb: string): string => `/v1/requests/${encodeURIComponent(id)}/${verb}`;
const now = (): string => new Date().toISOString();
const tried = ({ dryRun }: Trying) => (dryRun ? { dryRun } : {});

interface Lifted {
  readonly noticeBy: string;
  readonly noticeAt: string;
}

interface Mention {
  readonly id: string;
  readonly field: string;
  readonly how: readonly string[];
  readonly answer: string | null;
  readonly context: string | null;
}

interface Rehearsed {
  readonly planHash: string;
  readonly lines: readonly { readonly systemId: string; readonly action: string; readonly answer: string }[];
}

/** `erp: 3 x delete, would-erase`. */
const inShort = ({ lines }: Rehearsed): readonly string[] => {
  const counts = new Map<string, number>();
  for (const { systemId, action, answer } of lines) {
    const said = `${systemId}: ${action}${answer === 'no-call' ? '' : `, ${answer}`}`;
    counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return [...counts].map(([said, count]) => `${count} x ${said}`);
};

/** `ficha request rehearse|extend|cancel|identity|lift|link|transfer|mentions|blocked`. */
export function addLife(request: Command): void {
  request
    .command('rehearse')
    .description('a dry run of the plan of an erasure: what each system would do, with every write left out')
    .argument('<request-id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const rehearsed = await command<Rehearsed>('dpo', 'POST', at(id, 'rehearsal'), {});
      print(options, rehearsed, () => [
        ...inShort(rehearsed),
        `Nothing was written anywhere. To do it: ficha request approve ${id} --plan ${rehearsed.planHash}`,
      ]);
    });
  request
    .command('extend')
    .description('extend the deadline to three months after the receipt; send the reasoned notice to the person first')
    .argument('<request-id>')
    .requiredOption('--reason <text>', 'why, without personal data')
    .option('--notice-at <time>', 'when the notice went out; now when left out')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(
      async (id: string, options: Output & Confirming & Trying & { readonly reason: string; readonly noticeAt?: string }) => {
        await confirmed('Extend the deadline? It can be done once only, and the person must have been told.', options);
        const body = { reason: options.reason, noticeAt: options.noticeAt ?? now() };
        const { dueAt } = await command<{ readonly dueAt: string }>('dpo', 'POST', at(id, 'extend'), body, options);
        const due = dueAt.slice(0, 10);
        print(options, { dueAt, ...tried(options) }, () => doneOr(options, `It would be due ${due}.`, [`Extended: due ${due}.`]));
      },
    );
  request
    .command('cancel')
    .description('the person takes the request back; possible until the plan is approved')
    .argument('<request-id>')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output & Confirming & Trying) => {
      await confirmed('Cancel the request, because the person took it back? It is not opened again.', options);
      const answer = await command<unknown>('dpo', 'POST', at(id, 'cancel'), {}, options);
      print(options, answer, () => doneOr(options, 'It would be cancelled.', [`Cancelled. See it: ficha request show ${id}`]));
    });
  request
    .command('identity')
    .description('vouch for the person of a request that waits for proof of identity; ask for no copy of an identity card')
    .argument('<request-id>')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output & Confirming & Trying) => {
      await confirmed(
        'Vouch that the person is who they say? The request goes on with it, and your name stands for it.',
        options,
      );
      const { dueAt } = await command<{ readonly dueAt: string }>('dpo', 'POST', at(id, 'identity'), {}, options);
      const due = dueAt.slice(0, 10);
      print(options, { dueAt, ...tried(options) }, () =>
        doneOr(options, `It would be noted, and be due ${due}.`, [`Identity noted; due ${due}.`]),
      );
    });
  request
    .command('lift')
    .description('tell the person by e-mail, then lift the restriction; nothing is lifted when the mail server did not take it')
    .argument('<request-id>')
    .option('--notice-at <time>', 'the letter was posted instead: when')
    .option('--address <address>', 'which of their addresses gets the e-mail; the main one when left out')
    .option('--yes', 'do it without asking')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(
      async (
        id: string,
        {
          json,
          yes,
          dryRun = false,
          ...body
        }: Output & Confirming & Trying & { readonly noticeAt?: string; readonly address?: string },
      ) => {
        const told = body.noticeAt === undefined ? 'tells the person by e-mail, which cannot be called back, and ' : '';
        await confirmed(`Lift the restriction? It ${told}puts their data in use again.`, {
          ...(yes === undefined ? {} : { yes }),
          dryRun,
        });
        const done = await command<Lifted>('dpo', 'POST', at(id, 'lift-restriction'), body, { dryRun });
        print(json ? { json } : {}, done, () =>
          doneOr({ dryRun }, `The person would be told (${done.noticeBy}), then the restriction lifted.`, [
            `The person was told (${done.noticeBy}, ${done.noticeAt}); then lifted: the client is in use again.`,
          ]),
        );
      },
    );
  request
    .command('link')
    .description('a link by which the person fetches the package once; a new one ends the old one')
    .argument('<request-id>')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output & Trying) => {
      const link = await command<{ readonly packagePath: string; readonly expiresAt: string }>(
        'dpo',
        'POST',
        at(id, 'package-link'),
        {},
        options,
      );
      const until = link.expiresAt.slice(0, 10);
      print(options, options.dryRun ? { expiresAt: link.expiresAt, dryRun: true } : link, () =>
        doneOr(options, `A link would be made, good until ${until}, and an earlier one end.`, [
          `${link.packagePath}\nGood once, until ${until}. Put your address in front.`,
        ]),
      );
    });
  request
    .command('transfer')
    .description(
      'send the package of a portability request straight to another controller, signed: to a host agreed in the privacy policy, or by the connector of a linked system',
    )
    .argument('<request-id>')
    .argument('[url]', 'where the other controller takes packages')
    .option('--system <id>', 'the linked system whose connector takes it, in place of an address')
    .option('--dry-run', 'an address: say whether it is agreed and the package ready; send nothing')
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON')
    .action(async (id: string, url: string | undefined, options: Output & Confirming & Trying & { readonly system?: string }) => {
      const { system: systemId } = options;
      if ((url === undefined) === (systemId === undefined))
        throw new CommandFailed('no-place: give an address or --system, one of the two', exitCodes.usage);
      const place = url ?? systemId ?? '';
      await confirmed(`Send everything that the package holds of the person to ${place}? It cannot be called back.`, options);
      const sent = await command<{ readonly status: number; readonly sha256: string }>(
        'dpo',
        'POST',
        at(id, 'transfer'),
        url === undefined ? { systemId } : { url },
        options,
      );
      const { status, sha256 } = sent;
      print(options, options.dryRun ? { sha256, dryRun: true } : sent, () =>
        doneOr(options, `The package (sha-256 ${sha256}) would be sent to ${place}.`, [
          `${place} took the package (${status}); sha-256 ${sha256}, noted in the audit log.`,
        ]),
      );
    });
  request
    .command('mentions')
    .description(
      'places in the texts of other people that may speak of the person, with the words around them; the look is audited',
    )
    .argument('<request-id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const found = await command<{ readonly mentions: readonly Mention[] }>('dpo', 'GET', at(id, 'mentions'));
      print(options, found, () =>
        found.mentions.length === 0
          ? ['No text of anybody else speaks of this person, as far as Ficha holds texts.']
          : found.mentions.map(
              ({ field, how, answer, context }) => `${answer ?? 'open'}  ${field} (${how.join(', ')})\n    ${context ?? ''}`,
            ),
      );
    });
  addBlocked(request);
}

function addBlocked(request: Command): void {
  const blocked = request
    .command('blocked')
    .description('hand blocked data to a court or an authority: two people, once an order');
  blocked
    .command('ask')
    .description('note the order; what is blocked stays closed until another person agrees')
    .argument('<request-id>')
    .argument('<reference>', 'of the order, as its sender writes it')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (requestId: string, reference: string, options: Output & Trying) => {
      const body = { requestId, reference };
      const asked = await command<{ readonly releaseId: string }>('dpo', 'POST', '/v1/blocked-orders', body, options);
      print(options, options.dryRun ? { dryRun: true } : asked, () =>
        doneOr(options, 'It would be noted.', [`Noted. Another person: ficha request blocked agree ${asked.releaseId}`]),
      );
    });
  blocked
    .command('agree')
    .description('the second person agrees; prints the blocked data, once')
    .argument('<order-id>')
    .option('--yes', 'do it without asking')
    .option('--json', 'print JSON (what is handed over is JSON either way)')
    .action(async (id: string, options: Output & Confirming) => {
      await confirmed(
        'Agree, and take out what is blocked? It is handed out once, and both of you stand in the audit log.',
        options,
      );
      const answer = await command<unknown>('dpo', 'POST', `/v1/blocked-orders/${encodeURIComponent(id)}/agree`, {});
      print({ json: true }, answer, () => []);
    });
}
