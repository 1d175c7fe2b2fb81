import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { type Gauges, readGauges } from '../store/read/gauges.ts';

const counts: readonly (readonly [keyof Omit<Gauges, 'systems'>, name: string, help: string])[] = [
  ['requestsOpen', 'ficha_privacy_requests_open', 'Privacy requests that run'],
  ['requestsAtRisk', 'ficha_privacy_requests_at_risk', 'Privacy requests that run and are due within five days, or late'],
  ['requestsWaitingForPerson', 'ficha_privacy_requests_waiting_for_person', 'Privacy requests that a person must look at'],
  ['suppressionsUnconfirmed', 'ficha_suppressions_unconfirmed', 'Opt-outs that a linked system has not confirmed'],
  ['reviewsOpen', 'ficha_reviews_open', 'Doubtful matches that wait for a person'],
  ['rejectsOpen', 'ficha_rejected_records_open', 'Records kept aside and not replayed'],
  ['resolutionQueue', 'ficha_resolution_queue', 'Records whose client must be decided again'],
  [
    'comparisonsSkipped',
    'ficha_comparisons_skipped',
    'Pairs of records not compared by a key that too many share, counted hourly',
  ],
];

/**
 * The text of /metrics: what an operator alerts on, read when it is asked, and the process's own figures. Ids of linked systems are the
 * only labels; nothing is of a person.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function createPrometheus(db: Database, now: () => Date): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'ficha_' });
  const gauges = counts.map(([key, name, help]) => [key, new Gauge({ name, help, registers: [registry] })] as const);
  const age = new Gauge({
    name: 'ficha_system_seconds_since_sync',
    help: 'How long ago the last good sync of a linked system ended; absent before the first',
    labelNames: ['system'],
    registers: [registry],
  });
  const failed = new Gauge({
    name: 'ficha_system_last_sync_failed',
    help: '1 when the last sync of a linked system failed',
    labelNames: ['system'],
    registers: [registry],
  });
  const every = new Gauge({
    name: 'ficha_system_sync_every_seconds',
    help: 'How often a linked system is to be synced',
    labelNames: ['system'],
    registers: [registry],
  });
  const drift = new Gauge({
    name: 'ficha_consent_drift_last_day',
    help: 'Contacts that a linked system allowed and the ledger denies, found within a day',
    labelNames: ['system'],
    registers: [registry],
  });
  return async () => {
    const read = await readGauges(db, now());
    for (const [key, gauge] of gauges) gauge.set(read[key]);
    for (const gauge of [age, failed, every, drift]) gauge.reset();
    for (const system of read.systems) {
      if (system.secondsSinceSync !== null) age.set({ system: system.id }, system.secondsSinceSync);
      failed.set({ system: system.id }, system.failed ? 1 : 0);
      every.set({ system: system.id }, system.syncEverySeconds);
      drift.set({ system: system.id }, system.drift);
    }
    return await registry.metrics();
  };
}
