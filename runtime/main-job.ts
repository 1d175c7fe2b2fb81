import type { Role } from '../domain/access/role.ts';
import { FichaError } from '../domain/record/error.ts';
import type { LinkSystem } from '../schemas/types.ts';

/** Where a running Ficha answers, and as whom to ask. */
export interface Access {
  readonly url: string;
  readonly tokens: Readonly<Record<Role, string>>;
}

/** The systems that the main job runs on: twins in the sample workspace, real ones in the end-to-end proof. */
export interface JobSystems {
  readonly links: readonly LinkSystem[];
  readonly mailerId: string;
  /** What the front office types to find them: e-mail addresses. */
  readonly people: { readonly unsubscriber: string; readonly toErase: string; readonly toExport: string };
  /** Somebody unsubscribes in the mailer, as they would. */
  unsubscribe(email: string): Promise<void>;
}

/** What the main job did; counts only. */
export interface JobSummary {
  readonly recordsPulled: number;
  readonly rejected: number;
  readonly clients: number;
  readonly merges: number;
  readonly reviews: number;
  readonly optOutsPropagated: number;
  readonly requestsClosed: number;
  readonly evidence: number;
  readonly outcomes: readonly string[];
  /** One anonymous figure of the last published month; undefined where too few clients may be behind it, or no month is closed. */
  readonly activeClients: ActiveClients | undefined;
}

interface ActiveClients {
  readonly month: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

type Say = (line: string) => void;

interface Run {
  readonly id: string;
  readonly state: string;
  readonly pulled: number;
  readonly rejected: number;
  readonly errorCode: string | null;
}

interface Overview {
  readonly people: number;
  readonly companies: number;
  readonly mergedRecords: number;
  readonly openReviews: number;
  readonly suppressionsConfirmed: number;
  readonly suppressionsWaiting: number;
  readonly requestsClosed: number;
  readonly evidence: number;
}

interface Request {
  readonly state: string;
  readonly outcome: string | null;
  readonly planHash: string | null;
  readonly plan: readonly { readonly linkedSystemId: string }[];
  readonly tasks: readonly { readonly id: string; readonly reason: string; readonly linkedSystemId: string | null }[];
}

const patienceMs = 10 * 60_000;

/**
 * The main job, as a user would do it, over the command API and GraphQL only: link the systems, pull them, resolve, let one person
 * opt out, erase one and export another. What was done by an earlier run is not done again.
 */
export async function runMainJob(access: Access, systems: JobSystems, say: Say): Promise<JobSummary> {
  for (const link of systems.links) await send(access, 'data-team', 'PUT', '/v1/systems', link);
  const pulled: Run[] = [];
  for (const { id } of systems.links) pulled.push(await pull(access, id, say));
  const resolved = await overviewOf(access);
  say(
    `${resolved.people} people and ${resolved.companies} companies, ${resolved.mergedRecords} records merged, ${resolved.openReviews} reviews`,
  );

  const outcomes: string[] = [];
  if (resolved.requestsClosed === 0) {
    await systems.unsubscribe(systems.people.unsubscriber);
    say('one person unsubscribed in the mailer');
    pulled.push(await pull(access, systems.mailerId, say));
    outcomes.push(await request(access, 'portability', systems.people.toExport, say));
    outcomes.push(await request(access, 'erasure', systems.people.toErase, say));
  }
  const done = await until(
    () => overviewOf(access),
    ({ suppressionsWaiting }) => suppressionsWaiting === 0,
    'opt-outs to reach every system',
  );
  return {
    recordsPulled: pulled.reduce((sum, run) => sum + run.pulled, 0),
    rejected: pulled.reduce((sum, run) => sum + run.rejected, 0),
    clients: done.people + done.companies,
    merges: done.mergedRecords,
    reviews: done.openReviews,
    optOutsPropagated: done.suppressionsConfirmed,
    requestsClosed: done.requestsClosed,
    evidence: done.evidence,
    outcomes,
    activeClients: await publishedActiveClients(access, say),
  };
}

/** Publishes the closed months and reads, as an analyst, what the last of them says. */
async function publishedActiveClients(access: Access, say: Say): Promise<ActiveClients | undefined> {
  const release = () => send<{ readonly done: boolean }>(access, 'data-team', 'POST', '/v1/analytics', { work: 'release' });
  await until(release, ({ done }) => done, 'the closed months to be published');
  const to = new Date().toISOString().slice(0, 7);
  const { metric } = await ask<{
    readonly metric: { readonly cells: readonly { [Name in keyof ActiveClients]: ActiveClients[Name] | null }[] };
  }>(
    access,
    'analyst',
    'query ($from: String!, $to: String!) { metric(name: ACTIVE_CLIENTS, from: $from, to: $to) { cells { month value low high } } }',
    { from: `${Number(to.slice(0, 4)) - 2}-${to.slice(5)}`, to },
  );
  say(`${metric.cells.length} closed months published`);
  const { month, value, low, high } = metric.cells.at(-1) ?? {};
  return month && value != null && low != null && high != null ? { month, value, low, high } : undefined;
}

async function pull(access: Access, systemId: string, say: Say): Promise<Run> {
  const last = async (): Promise<Run | undefined> => {
    const data = await ask<{ readonly syncRuns: { readonly edges: readonly { readonly node: Run }[] } }>(
      access,
      'data-team',
      'query ($id: String) { syncRuns(linkedSystemId: $id, first: 1, consentLooks: false) { edges { node { id state pulled rejected errorCode } } } }',
      { id: systemId },
    );
    return data.syncRuns.edges[0]?.node;
  };
  const before = await last();
  await send(access, 'data-team', 'POST', '/v1/syncs', { systemId });
  const run = await until(
    last,
    (found) => found !== undefined && found.id !== before?.id && found.state !== 'running',
    `${systemId} to be pulled`,
  );
  if (run === undefined || run.state === 'failed') {
    throw new FichaError(
      'sync-failed',
      `${systemId} could not be pulled (${run?.errorCode ?? 'no run'}); look at the log of the worker`,
    );
  }
  say(`${systemId}: ${run.pulled} records pulled, ${run.rejected} kept aside`);
  return run;
}

async function request(access: Access, type: 'erasure' | 'portability', search: string, say: Say): Promise<string> {
  const found = await ask<{ readonly clients: { readonly edges: readonly { readonly node: { readonly id: string } }[] } }>(
    access,
    'front-office',
    'query ($search: String!) { clients(search: $search, first: 2) { edges { node { id } } } }',
    { search },
  );
  const clientId = found.clients.edges[0]?.node.id;
  if (clientId === undefined) throw new FichaError('unknown-client', `nobody found for the ${type} of the sample`);
  const { requestId } = await send<{ readonly requestId: string }>(access, 'dpo', 'POST', '/v1/requests', { type, clientId });
  const state = () => requestState(access, requestId);
  const planned = await until(state, ({ planHash, state }) => planHash !== null || state === 'closed', `the plan of the ${type}`);
  say(
    `${type}: ${planned.plan.length} records found in ${new Set(planned.plan.map(({ linkedSystemId }) => linkedSystemId)).size} systems`,
  );
  await send(access, 'dpo', 'POST', '/v1/decisions', { requestId, decision: 'approved', planHash: planned.planHash });
  const acted = await until(state, (now) => now.state === 'closed' || now.outcome !== null, `the ${type} to end with evidence`);
  const closed = (await searchedByHand(access, acted, say))
    ? await until(state, (now) => now.state === 'closed', `the ${type} to end after the search by hand`)
    : acted;
  say(`${type}: ${closed.state}, ${closed.outcome ?? 'no outcome'}`);
  return `${type}: ${closed.outcome ?? 'no outcome'}`;
}

/** Answers for what only a person can search, when nothing else waits; whether there was any. */
async function searchedByHand(access: Access, { tasks }: Request, say: Say): Promise<boolean> {
  const byHand = tasks.filter(({ reason }) => reason === 'beyond-reach');
  if (byHand.length === 0 || tasks.some(({ reason }) => reason !== 'beyond-reach' && reason !== 'needs-attention')) return false;
  for (const { id: taskId, linkedSystemId } of byHand) {
    say(`${linkedSystemId}: the sample answers that a person searched the files`);
    await send(access, 'dpo', 'POST', '/v1/privacy-tasks', { taskId, answer: 'done' });
  }
  return true;
}

async function requestState(access: Access, id: string): Promise<Request> {
  const { privacyRequest } = await ask<{ readonly privacyRequest: Request | null }>(
    access,
    'dpo',
    'query ($id: ID!) { privacyRequest(id: $id) { state outcome planHash plan { linkedSystemId } tasks { id reason linkedSystemId } } }',
    { id },
  );
  if (!privacyRequest) throw new FichaError('unknown-request', 'the request that was just opened is not there');
  return privacyRequest;
}

async function overviewOf(access: Access): Promise<Overview> {
  const { overview } = await ask<{ readonly overview: Overview }>(
    access,
    'data-team',
    '{ overview { people companies mergedRecords openReviews suppressionsConfirmed suppressionsWaiting requestsClosed evidence } }',
    {},
  );
  return overview;
}

async function until<Seen>(look: () => Promise<Seen>, enough: (seen: Seen) => boolean, what: string): Promise<Seen> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (Date.now() > end) throw new FichaError('took-too-long', `waited 10 minutes for ${what}; look at the log of the worker`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function ask<Data>(access: Access, role: Role, query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
  const answer = await send<{ readonly data?: Data; readonly errors?: readonly { readonly message: string }[] }>(
    access,
    role,
    'POST',
    '/graphql',
    {
      query,
      variables,
    },
  );
  if (answer.data === undefined || answer.errors) throw new FichaError('query-failed', answer.errors?.[0]?.message ?? 'no data');
  return answer.data;
}

async function send<Answer>(access: Access, role: Role, method: 'POST' | 'PUT', path: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${access.url}${path}`, {
    method,
    // one connection a question: this process may stand still for longer than the server keeps an idle one
    headers: { connection: 'close', authorization: `Bearer ${access.tokens[role]}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const answer: unknown = await response.json();
  if (!response.ok && path !== '/graphql') {
    throw new FichaError('command-failed', (answer as { readonly message?: string }).message ?? `HTTP ${response.status}`);
  }
  return answer as Answer;
}
