import type { Command } from 'commander';
import { counted } from './counted.ts';
import { confirmed, type Confirming } from './confirm.ts';
import { command, CommandFailed, exitCodes, query, type Trying } from './connection.ts';
import { question } from './question.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { mediaTypeOf } from './media-type.ts';
import { type Output, print, table } from './print.ts';
import { readBytes } from './read-file.ts';
import { addIntakes } from './request-intake.ts';
import { addLife } from './request-life.ts';
import { addOpening } from './request-open.ts';
import { addReadmission } from './request-readmit.ts';
import { addProof } from './request-proof.ts';

interface Line {
  readonly linkedSystemId: string;
  readonly kind: string;
  readonly action: string;
  readonly legalBasis: string | null;
  readonly until: string | null;
  readonly state: string;
  readonly residue: readonly string[];
}

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly dueAt: string;
  readonly planHash: string | null;
  readonly certificate: string | null;
  readonly plan: readonly Line[];
  readonly tasks: readonly {
    readonly id: string;
    readonly reason: string;
    readonly answers: readonly string[];
    readonly linkedSystemId: string | null;
    readonly openedAt: string;
  }[];
  readonly evidence: readonly {
    readonly linkedSystemId: string;
    readonly verb: string;
    readonly result: string;
    readonly at: string;
  }[];
}

const show = question(`query ($id: ID!) { privacyRequest(id: $id) { id type state outcome dueAt planHash certificate
  plan { linkedSystemId kind action legalBasis until state residue } tasks { id reason answers linkedSystemId openedAt } evidence { linkedSystemId verb result at } } }`);
const list = question(`{ privacyRequests(first: 50) { edges { node { id type state outcome dueAt } } } }`);

/** `ficha request open|approve|refuse|settle|show|list|package|verify|certificate`. */
export function addRequest(program: Command): void {
  const request = program.command('request').description('privacy requests: open, look at the plan, decide, hold the evidence');
  addOpening(request);
  addReadmission(request);
  addDecision(request, 'approve', 'approve the plan that you saw; for an erasure this is the point of no return');
  addDecision(request, 'refuse', 'refuse the request');
  addSettling(request);
  addProof(request);
  addLife(request);
  addIntakes(request);
  request
    .command('show')
    .description('state, plan line by line, evidence')
    .argument('<request-id>')
    .option('--json', 'print JSON')
    .action(async (id: string, options: Output) => {
      const shown = await requestById(id);
      print(options, shown, () => lines(shown));
    });
  request
    .command('list')
    .description('the last 50 requests')
    .option('--json', 'print JSON')
    .action(async (options: Output) => {
      const data = await query<{ readonly privacyRequests: { readonly edges: readonly { readonly node: Shown }[] } }>(
        'dpo',
        list,
        {},
      );
      const found = data.privacyRequests.edges.map(({ node }) => node);
      const cells = found.map(({ id, type, state, outcome, dueAt }) => [id, type, state, outcome ?? '', dueAt.slice(0, 10)]);
      print(options, found, () =>
        table(
          ['id', 'type', 'state', 'outcome', 'due'],
          cells,
          'No request yet. Open one: ficha request open erasure <client-id>',
        ),
      );
    });
  request
    .command('package')
    .description('print the package of a closed access or portability request (JSON)')
    .argument('<request-id>')
    .option('--json', 'print JSON, as it does anyway')
    .action(async (id: string) => {
      const found = await command<unknown>('dpo', 'GET', `/v1/requests/${encodeURIComponent(id)}/package`);
      process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    });
}

function addDecision(request: Command, name: 'approve' | 'refuse', description: string): void {
  request
    .command(name)
    .description(description)
    .argument('<request-id>')
    .option('--plan <hash>', 'approve: the hash of the plan that you saw; the plan as it stands when left out')
    .option('--reason <text>', 'refuse: why, without personal data')
    .option('--yes', 'without asking again')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (requestId: string, options: Deciding) => {
      const planHash = name === 'approve' ? await approved(requestId, options) : undefined;
      if (name === 'refuse')
        await confirmed('Refuse the request? The first decision stands; the person must be told why.', options);
      const body = {
        requestId,
        decision: name === 'approve' ? 'approved' : 'refused',
        ...(planHash ? { planHash } : {}),
        ...(options.reason ? { reason: options.reason } : {}),
      };
      const answer = await command<unknown>('dpo', 'POST', '/v1/decisions', body, options);
      const done = name === 'approve' ? 'Approved' : 'Refused';
      print(options, answer, () =>
        doneOr(options, `It would be ${done.toLowerCase()}.`, [`${done}. Follow it: ficha request show ${requestId}`]),
      );
    });
}

interface Deciding extends Output, Confirming, Trying {
  readonly plan?: string;
  readonly reason?: string;
}

/** The hash of the plan that is approved; an erasure is asked about, since nothing brings it back. */
async function approved(requestId: string, options: Deciding): Promise<string> {
  const { type, plan, planHash } = await requestById(requestId);
  if (planHash === null)
    throw new CommandFailed(
      `not-planned: there is no plan to approve yet; \`ficha request show ${requestId}\` says what it waits for`,
      exitCodes.failed,
    );
  if (type === 'erasure') {
    const systems = new Set(plan.map(({ linkedSystemId }) => linkedSystemId)).size;
    const what = `${counted(plan.length, 'record')} in ${counted(systems, 'system')}`;
    await confirmed(`Erase as planned: ${what}? Nothing brings them back.`, options);
  }
  return options.plan ?? planHash;
}

function addSettling(request: Command): void {
  request
    .command('settle')
    .description('answer what stops a request; `ficha request show` lists the tasks and the answers that each takes')
    .argument('<task-id>')
    .argument('<answer>', 'same-person, other-person, redact, leave, done, look-again or seen')
    .option('--proof <file>', 'done by hand: the file that proves it, at most 8 MiB; it is kept sealed')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (taskId: string, answer: string, options: Output & Trying & { readonly proof?: string }) => {
      const proof =
        options.proof === undefined
          ? {}
          : { proof: { mediaType: mediaTypeOf(options.proof), content: readBytes(options.proof).toString('base64') } };
      const body = { taskId, answer, ...proof };
      const settled = await command<{ readonly requestId: string }>('dpo', 'POST', '/v1/privacy-tasks', body, options);
      print(options, settled, () =>
        doneOr(options, 'It would be settled.', [
          `Settled; the request goes on. Follow it: ficha request show ${settled.requestId}`,
        ]),
      );
    });
}

async function requestById(id: string): Promise<Shown> {
  const { privacyRequest } = await query<{ readonly privacyRequest: Shown | null }>('dpo', show, { id });
  if (!privacyRequest)
    throw new CommandFailed(
      'no-request: no privacy request has this id; `ficha request list` shows those there are',
      exitCodes.nothing,
    );
  return privacyRequest;
}

function lines(shown: Shown): string[] {
  const plan = shown.plan.map((line) => [
    line.linkedSystemId,
    line.kind,
    shown.planHash === null ? 'not planned yet' : `${line.action}${line.until ? ` ${line.until}` : ''}`,
    line.state,
    [line.legalBasis ?? '', ...line.residue].filter(Boolean).join('; '),
  ]);
  const tasks = shown.tasks.map(({ id, reason, answers, linkedSystemId, openedAt }) => [
    id,
    openedAt,
    reason,
    linkedSystemId ?? '',
    answers.join(' | '),
  ]);
  const evidence = shown.evidence.map((piece) => [piece.at, piece.linkedSystemId, piece.verb, piece.result]);
  return [
    `${shown.type} ${shown.id}: ${shown.state}${shown.outcome ? `, ${shown.outcome}` : ''}; due ${shown.dueAt.slice(0, 10)}`,
    ...(shown.planHash ? [`plan ${shown.planHash}`] : []),
    '',
    ...table(['system', 'record', 'action', 'state', 'basis, residue'], plan, 'No plan line yet.'),
    '',
    ...(tasks.length === 0 ? [] : [...table(['waits for you', 'since', 'why', 'system', 'answers'], tasks, ''), '']),
    ...table(['at', 'system', 'verb', 'result'], evidence, 'No evidence yet.'),
  ];
}
