import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { type Decision, decideSignal, type Progress, progressQuery, workflowIdOf } from '../../workflows/messages.ts';
import type { OwnServers } from '../support/own-servers.ts';
import { ana, everythingStored, type Scene, setScene } from '../support/privacy-scene.ts';
import { openErasure } from '../support/privacy-world.ts';
import type { SmallSystem } from '../support/small-system.ts';
import type { CallMoment, Openable } from '../support/system-over-http.ts';
import { Random } from './random.ts';
import type { Verdict } from './run.ts';

/** How a server goes away, and how it comes back. */
export interface ServerFault {
  readonly name: string;
  readonly smallDisk: boolean;
  readonly strike: (servers: OwnServers) => Promise<() => Promise<void>>;
}

/** A full disk stays so until PostgreSQL noticed; what is reserved in the log may last for a moment. */
const longestFullMs = 20_000;

export const serverFaults: readonly ServerFault[] = [
  {
    name: 'Temporal killed and started again',
    smallDisk: false,
    strike: (servers) => {
      servers.killTemporal();
      return Promise.resolve(servers.startTemporal);
    },
  },
  {
    name: 'PostgreSQL shut down at once and started again',
    smallDisk: false,
    strike: async (servers) => {
      await servers.stopPostgresAtOnce();
      return servers.startPostgres;
    },
  },
  {
    name: 'Temporal and PostgreSQL at once',
    smallDisk: false,
    strike: async (servers) => {
      servers.killTemporal();
      await servers.stopPostgresAtOnce();
      return async () => {
        await Promise.all([servers.startTemporal(), servers.startPostgres()]);
      };
    },
  },
  {
    name: 'the disk of PostgreSQL full',
    smallDisk: true,
    strike: (servers) => {
      const giveBack = servers.fillDisk();
      return Promise.resolve(async () => {
        for (const end = Date.now() + longestFullMs; Date.now() < end && !servers.saysFull(); ) await delay(100);
        giveBack();
        await servers.startPostgres(); // as whoever runs it does: it may have given up
      });
    },
  },
];

/** Where a server goes away: at a call of a system, with so many records of the ERP erased; or so long after the approval. */
interface Place extends CallMoment {
  readonly erased: number;
}

export const inMidErasure: Place = { systemId: 'erp', verb: 'erase', when: 'after', erased: 1 };

const drawnPlace = (random: Random): Place => ({
  systemId: random.oneOf(['erp', 'mailer']),
  verb: random.oneOf(['lookup', 'export', 'erase', 'verify']),
  when: random.oneOf(['before', 'after']),
  erased: random.between(0, 2),
});

/** A system that says of each call when it begins and when it was done. */
const watched =
  (at: (moment: CallMoment) => Promise<void>) =>
  (twin: SmallSystem): Openable => ({
    systemId: twin.systemId,
    open: () => {
      const system = twin.open();
      const told =
        <Args extends readonly unknown[], Answer>(verb: CallMoment['verb'], call: (...args: Args) => Promise<Answer>) =>
        async (...args: Args): Promise<Answer> => {
          await at({ systemId: twin.systemId, verb, when: 'before' });
          const answer = await call(...args);
          await at({ systemId: twin.systemId, verb, when: 'after' });
          return answer;
        };
      return {
        ...system,
        lookup: told('lookup', system.lookup),
        export: told('export', system.export),
        erase: told('erase', system.erase),
        verify: told('verify', system.verify),
      };
    },
  });

/**
 * Does what people do until the request is closed: approves, answers that the brother is somebody else, looks again.
 * @returns how often a person was asked
 */
async function toTheEnd(client: OwnServers['client'], scene: Scene, requestId: string, patienceMs: number): Promise<number> {
  const handle = client.workflow.getHandle(workflowIdOf.request(requestId));
  let asked = 0;
  for (const end = Date.now() + patienceMs; Date.now() < end; await delay(200)) {
    try {
      const { state, planHash } = (await privacyRequestById(scene.database.reader, requestId)) ?? {};
      if (state === 'closed') return asked;
      const seen = await handle.query<Progress>(progressQuery);
      // an approval whose answer was lost may have counted: it is not waited for, only given again while the plan waits
      if (seen === 'waiting-for-approval' && state === 'planned')
        await handle.signal(decideSignal, { kind: 'approved', by: 'dpo-2', planHash: planHash ?? '' } satisfies Decision);
      if (seen !== 'waiting-for-person') continue;
      await scene.answer(requestId, 'other-person');
      await scene.lookAgain(requestId);
      asked += 1;
    } catch {
      // a server is away: people try again
    }
  }
  return asked;
}

/** Where a request that is not closed stands, for whoever reads the report: its state, its workflow's, and what that waits for or failed by. */
async function standing(client: OwnServers['client'], requestId: string, state: string | undefined): Promise<string> {
  const handle = client.workflow.getHandle(workflowIdOf.request(requestId));
  const { status, raw } = await handle.describe();
  const waits = (raw.pendingActivities ?? []).map(
    ({ activityType, attempt, lastFailure }) => `${activityType?.name} try ${attempt} ${lastFailure?.message ?? ''}`,
  );
  const failed = status.name === 'RUNNING' ? '' : await handle.result().then(String, ({ cause }: Error) => `${String(cause)}`);
  const asked = status.name !== 'RUNNING' ? '' : await handle.query<Progress>(progressQuery).catch(String);
  return [
    state,
    status.name,
    asked,
    failed,
    ...waits,
    raw.pendingWorkflowTask ? `task try ${raw.pendingWorkflowTask.attempt}` : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Whatever is left of her in a system or in Ficha; nothing when she is gone and nobody else is. */
const judged = async ({ erp, mailer, database }: Scene) => {
  const ledger = [...erp.ledger, ...mailer.ledger].map(({ record }) => record);
  const left = erp.holds(ana.email) || mailer.holds(ana.email) || (await everythingStored(database)).includes(ana.email);
  const wrongPerson = ['person:2', 'sale:f1'].filter((record) => !erp.rows.has(record)).length;
  return { left, wrongPerson, twice: ledger.length - new Set(ledger).size };
};

/** One scene among several that share the servers. */
interface Player {
  readonly seed: number;
  readonly place: Place;
  readonly scene: Scene;
}

/** Strikes when the first call comes to the place of one of the scenes; once for each, and never while a server is away. */
class Striker {
  private readonly struck = new Set<number>();
  private broken: Promise<void> | undefined;
  private readonly scenes = new Map<number, Scene>();
  private readonly servers: OwnServers;
  private readonly fault: ServerFault;

  constructor(servers: OwnServers, fault: ServerFault) {
    this.servers = servers;
    this.fault = fault;
  }

  /** From here on the scene of a seed can be judged by. */
  knows(seed: number, scene: Scene): void {
    this.scenes.set(seed, scene);
  }

  hasStruck(seed: number): boolean {
    return this.struck.has(seed);
  }

  readonly at =
    (seed: number, place: Place, awayMs: number) =>
    async ({ systemId, verb, when }: CallMoment): Promise<void> => {
      const here = systemId === place.systemId && verb === place.verb && when === place.when;
      if (!here || this.struck.has(seed) || this.broken !== undefined) return;
      if (this.scenes.get(seed)?.erp.ledger.length !== place.erased) return;
      this.struck.add(seed);
      const striking = this.fault.strike(this.servers);
      this.broken = striking
        .then(async (mend) => {
          await delay(awayMs);
          await mend();
        })
        .finally(() => {
          this.broken = undefined;
        });
      await striking;
    };

  /** Until every server is back. */
  async mended(): Promise<void> {
    await this.broken;
  }
}

/** Erases one person of one scene and judges the end. */
async function played({ client }: OwnServers, { seed, scene }: Player, patienceMs: number) {
  const start = Date.now();
  const { requestId } = await openedOnceThere(scene);
  const askedPerson = await toTheEnd(client, scene, requestId, patienceMs);
  return { seed, requestId, askedPerson, ms: Date.now() - start };
}

/** Another scene may have taken the servers away: whoever opens a request tries again. */
async function openedOnceThere(scene: Scene): Promise<{ readonly requestId: string }> {
  for (let tries = 0; ; tries += 1) {
    try {
      const opened = await openErasure(scene.database, scene.anaId);
      await scene.bench.start(opened.requestId).catch((error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      });
      return opened;
    } catch (error) {
      if (tries === 60) throw error;
      await delay(500);
    }
  }
}

/**
 * Erases one person in each of some scenes while a server goes away and comes back: at the place that each scene draws, so that each
 * meets what strikes the others too. `struck` says that its own place was come to.
 */
export async function runUnderServerFault(
  servers: OwnServers,
  fault: ServerFault,
  given: { readonly seeds: readonly number[]; readonly place?: Place; readonly patienceMs: number },
): Promise<readonly (Verdict & { readonly struck: boolean; readonly standing?: string })[]> {
  const striker = new Striker(servers, fault);
  const { client, connection } = servers;
  const players: Player[] = [];
  for (const seed of given.seeds) {
    const random = new Random(seed);
    const place = given.place ?? drawnPlace(random);
    const at = striker.at(seed, place, random.between(200, 3_000));
    const scene = await setScene({ client, connection }, { database: await servers.database(), between: watched(at) });
    striker.knows(seed, scene);
    players.push({ seed, place, scene });
  }
  const ends = await Promise.all(players.map((player) => played(servers, player, given.patienceMs)));
  await striker.mended();
  const verdicts = players.map(async ({ scene, seed }, index) => {
    const { requestId = '', askedPerson = 0, ms = 0 } = ends[index] ?? {};
    const { outcome, state } = (await privacyRequestById(scene.database.reader, requestId)) ?? {};
    const complete = state === 'closed' && outcome === 'complete-with-exceptions' ? 1 : 0;
    const open = complete === 1 ? {} : { standing: await standing(client, requestId, state).catch(String) };
    const { left, wrongPerson, twice } = await judged(scene);
    await scene.end();
    const counts = { people: 1, complete, falseComplete: complete === 1 && left ? 1 : 0, twice, wrongPerson, askedPerson };
    return { fault: fault.name, seed, ...counts, ms, struck: striker.hasStruck(seed), ...open };
  });
  return await Promise.all(verdicts);
}
