import type { LinkedSystem, RecordRef, VerifyResult } from '../../connectors/kit/contract.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { SmallSystem } from '../support/small-system.ts';
import type { Openable } from '../support/system-over-http.ts';
import type { Random } from './random.ts';

/** What a fault does to the verbs of a system. `calls` counts by verb and record, for faults that pass. */
interface Site {
  readonly system: LinkedSystem;
  readonly twin: SmallSystem;
  readonly calls: (name: string) => number;
  readonly healed: () => boolean;
}

export interface Fault {
  readonly name: string;
  /** Gone only when a person repaired something; the others pass by themselves. */
  readonly needsPerson: boolean;
  readonly verbs: (site: Site) => Partial<LinkedSystem>;
}

const later = (code: string): FichaError => new FichaError(code, 'as the fault says', { retry: 'later' });
const never = (code: string): FichaError => new FichaError(code, 'as the fault says');
const nameOf = ({ kind, externalId }: RecordRef): string => `${kind}:${externalId}`;
const stillThere: VerifyResult = { result: 'present', residue: [], count: 1 };

/** Erasing fails `times` times with this error before it is sent. */
const failing = (name: string, error: () => FichaError, times: number): Fault => ({
  name,
  needsPerson: false,
  verbs: ({ system, calls }) => ({
    erase: async (ref, options) => {
      if (calls(`erase ${nameOf(ref)}`) <= times) throw error();
      return await system.erase(ref, options);
    },
    lookup: async (identifiers) => {
      if (calls('lookup') <= times) throw error();
      return await system.lookup(identifiers);
    },
  }),
});

/** Erasing is refused for good until a person repairs it. */
const refusing = (name: string, erase: (healed: boolean) => FichaError | 'refused' | undefined): Fault => ({
  name,
  needsPerson: true,
  verbs: ({ system, healed }) => ({
    erase: async (ref, options) => {
      const answer = erase(healed());
      if (answer === 'refused') return { result: 'refused', residue: [], status: 409 };
      if (answer !== undefined) throw answer;
      return await system.erase(ref, options);
    },
  }),
});

/** The faults of G5 that a connector passes on to the engine, by name. */
export const faults: readonly Fault[] = [
  { name: 'none', needsPerson: false, verbs: () => ({}) },
  failing('429 with Retry-After', () => later('vendor-rate-limited'), 2),
  failing('500 once', () => later('vendor-unavailable'), 1),
  failing('500 again and again', () => later('vendor-unavailable'), 5),
  failing('503 burst', () => later('vendor-unavailable'), 3),
  failing('timeout before the commit', () => later('vendor-timeout'), 1),
  {
    name: 'timeout after the commit',
    needsPerson: false,
    verbs: ({ system, calls }) => ({
      erase: async (ref, options) => {
        const answer = await system.erase(ref, options);
        if (calls(`erase ${nameOf(ref)}`) === 1) throw later('vendor-timeout');
        return answer;
      },
    }),
  },
  {
    name: 'reset in mid-body',
    needsPerson: false,
    verbs: ({ system, calls }) => ({
      verify: async (ref) => {
        const answer = await system.verify(ref);
        if (calls(`verify ${nameOf(ref)}`) % 3 === 2) throw later('vendor-connection-lost');
        return answer;
      },
    }),
  },
  {
    name: '200 that did nothing',
    needsPerson: false,
    verbs: ({ system, calls }) => ({
      erase: async (ref, options) =>
        calls(`erase ${nameOf(ref)}`) === 1 ? { result: 'accepted', residue: [], status: 200 } : await system.erase(ref, options),
    }),
  },
  {
    name: '202, done later',
    needsPerson: false,
    verbs: ({ system, calls }) => ({
      erase: async (ref, options) => ({ ...(await system.erase(ref, options)), result: 'accepted', status: 202 }),
      verify: async (ref) => {
        const answer = await system.verify(ref);
        return answer.result === 'gone' && calls(`after ${nameOf(ref)}`) === 1 ? stillThere : answer;
      },
    }),
  },
  {
    name: 'an async job that fails late',
    needsPerson: true,
    verbs: ({ system, calls, healed }) => ({
      erase: async (ref, options) =>
        healed() ? await system.erase(ref, options) : { result: 'partial', residue: [{ where: 'job', due: null }], status: 202 },
      verify: async (ref) => {
        const answer = await system.verify(ref);
        const running = !healed() && answer.result === 'present' && calls(`job ${nameOf(ref)}`) === 2;
        return running ? { result: 'pending', residue: [], count: 1, status: 202 } : answer;
      },
    }),
  },
  {
    name: 'a soft delete that still answers reads',
    needsPerson: true,
    verbs: ({ system, twin, healed }) => ({
      erase: async (ref, options) => {
        const row = twin.rows.get(nameOf(ref));
        const answer = await system.erase(ref, options);
        if (row !== undefined && !healed()) twin.bin.set(nameOf(ref), row);
        return answer;
      },
      verify: async (ref) => {
        if (healed()) twin.bin.delete(nameOf(ref)); // somebody emptied it
        const binned = twin.bin.has(nameOf(ref));
        return binned ? { ...stillThere, residue: [{ where: 'bin', due: null }] } : await system.verify(ref);
      },
    }),
  },
  {
    name: '410 of what is gone',
    needsPerson: false,
    verbs: ({ system }) => ({
      verify: async (ref) => {
        const answer = await system.verify(ref);
        return answer.result === 'gone' ? { ...answer, status: 410 } : answer;
      },
    }),
  },
  {
    name: 'a poison record',
    needsPerson: true,
    verbs: ({ system, healed }) => ({
      erase: async (ref, options) => {
        if (!healed() && ref.kind === 'person') throw new TypeError("cannot read properties of undefined (reading 'length')");
        return await system.erase(ref, options);
      },
    }),
  },
  refusing('credentials rotated while it runs', (healed) => (healed ? undefined : never('secret-absent'))),
  refusing('a system that was removed', (healed) => (healed ? undefined : never('unknown-system'))),
  refusing('409 legal hold', (healed) => (healed ? undefined : 'refused')),
  refusing('401, the token expired', (healed) => (healed ? undefined : never('vendor-unauthorised'))),
  refusing('403, no right to delete', (healed) => (healed ? undefined : never('vendor-forbidden'))),
  refusing('a schema that changed', (healed) => (healed ? undefined : never('vendor-answer-unreadable'))),
  refusing('a connector that was disabled', (healed) => (healed ? undefined : never('system-not-active'))),
  {
    name: '404 of a wrong address',
    needsPerson: true,
    verbs: ({ system, healed }) => ({
      verify: async (ref) => (healed() ? await system.verify(ref) : { result: 'unknowable', residue: [], count: 0, status: 404 }),
      erase: async (ref, options) => (healed() ? await system.erase(ref, options) : { result: 'done', residue: [], status: 404 }),
    }),
  },
  {
    name: 'a system that lies',
    needsPerson: true,
    verbs: ({ system, healed }) => ({
      erase: async (ref, options) => (healed() ? await system.erase(ref, options) : { result: 'done', residue: [], status: 200 }),
    }),
  },
  {
    name: 'replica lag: gone, and back on the next read',
    needsPerson: false,
    verbs: ({ system, calls }) => ({
      verify: async (ref) => {
        const answer = await system.verify(ref);
        return answer.result === 'gone' && calls(`after ${nameOf(ref)}`) <= 2 ? stillThere : answer;
      },
    }),
  },
  {
    name: 'already gone',
    needsPerson: false,
    verbs: ({ system, twin }) => ({
      verify: async (ref) => {
        twin.rows.delete(nameOf(ref));
        return await system.verify(ref);
      },
    }),
  },
];

/** A system between whose verbs and the worker stands a fault. */
export const faulty = (twin: SmallSystem, fault: Fault, healed: () => boolean): Openable => {
  const counts = new Map<string, number>();
  const calls = (name: string): number => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts.get(name) ?? 0;
  };
  return {
    systemId: twin.systemId,
    open: () => {
      const system = twin.open();
      return { ...system, ...fault.verbs({ system, twin, calls, healed }) };
    },
  };
};

/** One fault a system, drawn by seed. */
export const drawn = (random: Random, from: readonly Fault[]): Fault =>
  from[random.between(0, from.length - 1)] ?? failing('none', () => later(''), 0);
