import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { openLinked } from '../../runtime/connector-tools.ts';
import { linkedMailer } from '../../runtime/linked-mailer.ts';
import { startBrevoTwin } from '../../test/twins/brevo.ts';
import { createMailer } from '../../platform/mailer.ts';
import { sql } from '../../store/database.ts';
import { messagesOfClient } from '../../store/read/sent-messages.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { anaAlias, people, seedPeople } from '../../test/support/read-people.ts';
import { type MailServer, startMaildev } from '../../test/support/real/maildev.ts';
import { orLeftOut } from '../../test/support/real/real-system.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

const anaAddress = 'ana.nunez@quintana.example';
const servers = await orLeftOut(startMaildev());
let temporal: TestTemporal;
let database: TestDatabase;
beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await seedPeople(database.worker);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
  await temporal.stop();
});

const apiOver = (url: string): TestCommandApi =>
  testCommandApi(database, temporal, {
    mailer: createMailer({ mode: 'production', home: '', mail: { url, from: 'Acme <hello@acme.example>' } }),
  });

const letter = (over: object = {}) => ({
  id: randomUUID(),
  clientId: people.ana,
  address: anaAddress,
  purpose: 'service',
  subject: 'Your order',
  text: 'It leaves tomorrow.\n.\nUntil then',
  ...over,
});

const kept = async (id: string) => {
  const { rows } = await database.worker.query<{ state: string; detail: string | null }>(
    sql`select state, detail from sent_message where id = ${id}`,
  );
  return rows[0];
};

describe.each(servers.map((server) => [server] as const))('over the real maildev', (server: MailServer) => {
  const send = (body: object, role: 'front-office' | 'data-team' = 'front-office') =>
    apiOver(server.url).send(role, 'POST', '/v1/messages', body);
  const caught = async () => (await server.mails()).length;

  test('a message reaches the client as written and stands on the timeline', async () => {
    const body = letter();
    expect(await send(body)).toMatchObject({ status: 201, body: { id: body.id, state: 'sent' } });
    const mail = (await server.mails()).find(({ headers }) => headers['message-id']?.includes(body.id));
    expect(mail).toMatchObject({
      subject: 'Your order',
      from: [{ address: 'hello@acme.example' }],
      to: [{ address: anaAddress }],
    });
    expect(mail?.text.trim()).toBe(body.text);
    expect(await server.source(mail?.id ?? '')).not.toMatch(/^List-/m);
    expect(await messagesOfClient(database.worker, people.ana)).toMatchObject([{ subject: 'Your order', state: 'sent' }]);
  });

  test('an address of somebody else, of nobody, or of two clients gets nothing', async () => {
    const before = await caught();
    await database.worker.query(sql`
      insert into client_identifier (kind, value, client_id, source_record_id)
      select 'email', 'info@quintana.example', client_id, source_record_id from client_identifier
       where kind = 'email' and client_id = ${people.ana}`);
    for (const address of ['info@quintana.example', 'nobody@elsewhere.example', 'not an address'])
      expect(await send(letter({ address }))).toMatchObject({ status: 409, body: { code: 'may-not-write' } });
    expect(await send(letter({ clientId: people.blocked }))).toMatchObject({ status: 404 });
    expect(await caught()).toBe(before);
  });

  test('marketing goes only to who said yes, with a way out in one click; a no of before holds', async () => {
    const before = await caught();
    const advert = letter({ purpose: 'marketing' });
    expect(await send(advert)).toMatchObject({ status: 409 });
    await database.worker.query(sql`
      insert into consent_event (subject_id, purpose, channel, answer, at, how, text_version, dedupe_key)
      select id, 'marketing', 'email', 'granted', now(), 'form', 'v3', sha256('yes') from consent_subject limit 1`);
    expect(await send(advert)).toMatchObject({ status: 201 });
    const mail = (await server.mails()).find(({ headers }) => headers['message-id']?.includes(advert.id));
    const source = await server.source(mail?.id ?? '');
    expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
    expect(source).toMatch(/^List-Unsubscribe: <https:\/\/ficha\.example\/u\/[\w-]+>\r?$/m);
    expect(mail?.text).toMatch(/https:\/\/ficha\.example\/p\/[\w-]+/);
    expect(await caught()).toBe(before + 1);
  });

  test('the same message asked for three times at once leaves once', async () => {
    const before = await caught();
    const body = letter({ clientId: anaAlias });
    const answers = await Promise.all([send(body), send(body), send(body)]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 201]);
    expect(await caught()).toBe(before + 1);
    expect(await send({ ...body, clientId: people.quintana, address: 'info@quintana.example' })).toMatchObject({ status: 409 });
  });

  test('a role that writes to nobody is refused; a subject with a line break is no subject', async () => {
    expect(await send(letter(), 'data-team')).toMatchObject({ status: 403 });
    expect(await send(letter({ subject: 'a\r\nBcc: all@example.org' }))).toMatchObject({ status: 400 });
  });

  test('the audit log tells of it and holds no address and no word of it', async () => {
    const { rows } = await database.worker.query(sql`select * from audit_entry where action = 'message.send'`);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/quintana\.example|Your order|tomorrow/);
  });
});

describe('through a linked mailer that can send', () => {
  const linked = async (config: object = { sender: 'hello@acme.example', senderName: 'Acme' }) => {
    const [twin, connectors] = [await startBrevoTwin(), await loadConnectors()];
    process.env['FICHA_TEST_BREVO'] = twin.apiKey;
    const whole = { url: twin.url, secrets: { apiKey: 'env:FICHA_TEST_BREVO' }, ...config };
    await database.worker.query(sql`
      insert into linked_system (id, connector, title, config) values ('news', 'brevo', 'Newsletter', ${JSON.stringify(whole)}::jsonb)
      on conflict (id) do update set config = excluded.config`);
    const api = testCommandApi(database, temporal, {
      mailer: createMailer({ mode: 'production', home: '' }),
      canSend: ({ connector, config: own }) => connectors.get(connector)?.sends?.(own) ?? false,
      linkedMailer: (system) => linkedMailer(() => openLinked(connectors, system, () => new Date())),
    });
    return { twin, send: (body: object) => api.send('front-office', 'POST', '/v1/messages', body), api };
  };

  test('a message reaches the vendor once, as text and as harmless HTML, and stands on the timeline', async () => {
    const { twin, send, api } = await linked();
    expect(await api.send('front-office', 'GET', '/v1/mailers')).toMatchObject({
      body: { mailers: [{ by: 'news', title: 'Newsletter' }] },
    });
    const body = letter({ by: 'news', subject: 'By the vendor', text: 'It <b>leaves</b> tomorrow.' });
    expect(await send(body)).toMatchObject({ status: 201, body: { state: 'sent' } });
    expect(await send(body)).toMatchObject({ status: 200, body: { again: true } });
    expect([...twin.state.sent]).toMatchObject([
      [body.id, { to: anaAddress, subject: 'By the vendor', text: 'It <b>leaves</b> tomorrow.' }],
    ]);
    expect(twin.state.sent.get(body.id)?.html).toContain('It &lt;b&gt;leaves&lt;/b&gt; tomorrow.');
    expect(await messagesOfClient(database.worker, people.ana)).toContainEqual(
      expect.objectContaining({ subject: 'By the vendor', state: 'sent' }),
    );
    await twin.stop();
  });

  test('what the vendor refuses is noted as refused, what it never answers as unknown', async () => {
    const { twin, send } = await linked();
    twin.lacking.add('/smtp/email');
    const refused = letter({ by: 'news' });
    expect(await send(refused)).toMatchObject({ status: 201, body: { state: 'refused' } });
    await twin.stop();
    const lost = letter({ by: 'news' });
    expect(await send(lost)).toMatchObject({ status: 201, body: { state: 'unknown' } });
    expect(await kept(lost.id)).toMatchObject({ state: 'unknown' });
  });

  test('advertising does not go that way, nor does anything without a sender, nor to whom the gate refuses', async () => {
    const { twin, send } = await linked();
    expect(await send(letter({ by: 'news', purpose: 'marketing' }))).toMatchObject({
      status: 409,
      body: { code: 'mailer-takes-no-advertising' },
    });
    expect(await send(letter({ by: 'news', address: 'nobody@elsewhere.example' }))).toMatchObject({ status: 409 });
    expect(twin.state.sent.size).toBe(0);
    await twin.stop();
    const without = await linked({});
    expect(await without.send(letter({ by: 'news' }))).toMatchObject({ status: 404, body: { code: 'mailer-unknown' } });
    await without.twin.stop();
  });
});

/** A mail server that says what it is told to say at DATA. */
const strangeServer = async (atData: (answer: (line: string) => void, cut: () => void) => void): Promise<Server> => {
  const server = createServer((socket) => {
    let inData = false;
    socket.on('error', () => undefined);
    socket.write('220 strange\r\n');
    socket.on('data', (part) => {
      const text = part.toString();
      if (inData) {
        if (text.includes('\r\n.\r\n'))
          atData(
            (line) => socket.write(`${line}\r\n`),
            () => socket.destroy(),
          );
      } else if (/^DATA/i.test(text)) {
        inData = true;
        socket.write('354 go on\r\n');
      } else socket.write(/^QUIT/i.test(text) ? '221 bye\r\n' : '250 ok\r\n');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
};

const urlOf = (server: Server): string => `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP

describe('when the mail server does not do as it should', () => {
  const post = (url: string, body: object) => apiOver(url).send('front-office', 'POST', '/v1/messages', body);

  test('one that is not there gets nothing: the message is not kept, and the same may be sent later', async () => {
    const body = letter();
    expect(await post('smtp://127.0.0.1:9', body)).toMatchObject({ status: 503, body: { code: 'mail-unreachable' } });
    expect(await kept(body.id)).toBeUndefined();
  });

  test('one that refuses is told so on the timeline', async () => {
    const server = await strangeServer((answer) => answer('550 no such mailbox'));
    const body = letter();
    expect(await post(urlOf(server), body)).toMatchObject({ status: 201, body: { state: 'refused', detail: 'smtp-550' } });
    expect(await kept(body.id)).toEqual({ state: 'refused', detail: 'smtp-550' });
    server.close();
  });

  test('one that breaks off after the last line may have it: that is said, and nothing is sent again', async () => {
    let taken = 0;
    const server = await strangeServer((_answer, cut) => {
      taken += 1;
      cut();
    });
    const body = letter();
    expect(await post(urlOf(server), body)).toMatchObject({ status: 201, body: { state: 'unknown' } });
    expect(await post(urlOf(server), body)).toMatchObject({ status: 200, body: { state: 'unknown', again: true } });
    expect(taken).toBe(1);
    server.close();
  });
});

test('in production without a mail server nothing is sent, and it says which settings are missing', async () => {
  const answer = await testCommandApi(database, temporal).send('front-office', 'POST', '/v1/messages', letter());
  expect(answer).toMatchObject({ status: 409, body: { code: 'no-mail-server' } });
  expect(answer.body['message']).toContain('FICHA_SMTP_URL');
});

test('what was written to somebody goes with the record that carried their address', async () => {
  await database.owner.query(sql`delete from ficha.source_record where external_id = 'e-01'`);
  expect(await messagesOfClient(database.worker, people.ana)).toEqual([]);
  const { rows } = await database.worker.query(sql`select 1 from sent_message where address = ${anaAddress}`);
  expect(rows).toEqual([]);
});
