import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { consentPolicy } from '../domain/consent/consent-policy.ts';
import { type ConsentEvent, consentState } from '../domain/consent/consent-state.ts';
import { sql } from '../store/database.ts';
import { takeClientProjections } from '../store/write/projection.ts';
import { testCommandApi, type TestCommandApi } from '../test/support/command-api.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';

const runs = 6;
const channels = ['email', 'phone'] as const;
const everybody = Array.from({ length: 1_000 }, (_, place) => place);
let scene: ConsentScene;
let erp: ContactSystem;
let api: TestCommandApi;
let next = 0;

beforeAll(async () => {
  const mailer = new ContactSystem('mailer', channels, []);
  erp = new ContactSystem(
    'erp',
    channels,
    everybody.map((place) => `e${place}`),
    { purposes: ['*', 'profiling', 'marketing'] },
  );
  scene = await consentScene([erp, mailer]);
  scene.setClock('2026-07-01T00:00:00.000Z');
  api = testCommandApi(scene.database, { client: undefined } as never, { consentPolicy }); // nothing here starts a workflow
});
afterAll(() => scene.database.drop());

const words = fc.array(
  fc.record({
    purpose: fc.constantFrom('profiling', 'profiling', 'marketing', '*'),
    channel: fc.constantFrom(...channels, 'any'),
    answer: fc.constantFrom('granted' as const, 'denied' as const),
    day: fc.integer({ min: 1, max: 28 }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What Ficha does with one person of whom only this is known. */
async function treated(place: number) {
  const db = scene.database.worker;
  const address = `p${place}@profile.example`;
  const { rows } = await db.query<{ readonly id: string; readonly objects: boolean; readonly points: number }>(sql`
    select c.id, c.no_profiling as objects, (select coalesce(sum(p.points), 0)::int from client_potential(c.id) p) as points
      from client c join client_identifier i on i.client_id = c.id where i.kind = 'email' and i.value = ${address}`);
  const [client] = rows;
  const { clients } = await db.transaction((tx) => takeClientProjections(tx, 1_000));
  const counted = clients.find(({ clientId }) => clientId === client?.id)?.counted;
  const about = { purpose: 'profiling', channel: 'email' };
  const { body: audience } = await api.send('dpo', 'POST', '/v1/audiences', { ...about, after: `p${place}@profile.exampld` });
  const { body: gate } = await api.send('dpo', 'POST', '/v1/contactable', { ...about, recipients: [{ address }] });
  return {
    objects: client?.objects,
    scored: (client?.points ?? 0) > 0,
    counted,
    inAudience: JSON.stringify(audience['allowed']).includes(`"${address}"`),
    allowed: gate['allowed'] === 1,
    personalisedBy: channels.filter((channel) => erp.contacts(`e${place}`, channel, 'profiling')),
  };
}

test.prop([words], { numRuns: runs })(
  'whatever was said of profiling, in any order: score, metrics, audience, gate and every system obey the same word',
  async (said) => {
    const place = next++;
    const person = { givenName: `Pat${place}`, familyName: `Ruiz${place}`, emails: [`p${place}@profile.example`] };
    await scene.pull('erp', [anaIn(`e${place}`, person)]);
    await scene.database.worker.query(sql`
      insert into sale (source_record_id, linked_system_id, client_id, sale_kind, at, amount_cents, currency)
      select id, linked_system_id, client_id, 'order', now(), 50000, 'EUR' from source_record where external_id = ${`e${place}`}`);
    const dated = said.map(({ day, ...word }) => ({ ...word, at: `2026-06-${String(day).padStart(2, '0')}T00:00:00.000Z` }));
    await scene.pull(
      'erp',
      dated.map((word, turn) => saidIn(`e${place}`, { ...word, id: `/${turn}` })),
    );
    await scene.derive();
    await scene.apply('erp');
    const events = dated.map((word): ConsentEvent => ({ ...word, subjectId: 'one', atKnown: true }));
    const stateOf = (purpose: string, channel: string) => consentState(events, purpose, channel);
    const own = events.filter(({ purpose }) => purpose === 'profiling');
    // a yes on any channel gives the profile back; each channel's own no stands until it is taken back there
    const objects = own.some(({ channel }) => consentState(own, 'profiling', channel) === 'denied');
    const objectsToAll = [...channels, 'any'].some((channel) => stateOf('*', channel) === 'denied');
    const allows = stateOf('profiling', 'email') === 'granted';
    expect(await treated(place)).toEqual({
      objects,
      scored: !objects && !objectsToAll,
      counted: !objects,
      inAudience: allows,
      allowed: allows,
      personalisedBy: channels.filter((channel) => stateOf('profiling', channel) !== 'denied'),
    });
  },
  240_000,
);
