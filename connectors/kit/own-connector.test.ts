import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { type ClubMembersTwin, startClubMembersTwin } from '../../test/twins/club-members.ts';
import { scaffold } from './docs/scaffold.ts';
import { loadConnectors } from './registry.ts';

const root = join(import.meta.dirname, '../..');

/** `ficha` as a person at the keyboard runs it, with a folder of their own. */
async function ficha(home: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  try {
    const env = { ...process.env, FICHA_HOME: home };
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bin/ficha.cjs'), ...args], { env });
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number; readonly stdout: string; readonly stderr: string }; // of execFile
    return { code, said: `${stdout}${stderr}` };
  }
}

const home = temporaryFolder();
const own = join(home, 'connectors');
const name = 'club-members';

mkdirSync(join(own, name), { recursive: true });
writeFileSync(join(own, name, 'manifest.yaml'), scaffold(name)[`connectors/${name}/manifest.yaml`] ?? '');

// what `ficha connector new` writes passes the suite as it is, in a user's own folder: HTTP by manifest alone
describeConnector(
  name,
  async () => {
    const twin = await startClubMembersTwin();
    const { state, clock } = twin;
    const change = (id: string, fields: Readonly<Record<string, unknown>>): void => {
      const one = state.people.get(id);
      if (one !== undefined) Object.assign(one, fields, { updatedAt: clock.stamp() });
    };
    return {
      twin,
      config: { url: twin.url },
      secrets: { token: twin.token },
      stream: 'person',
      pageSize: 50,
      addPerson: (person) => addTo(twin, person),
      changePerson: (id, { givenName }) => change(id, { firstName: givenName }),
      removePerson: (id) => {
        state.people.delete(id);
        state.deleted.add(id);
      },
      holds: (id) => state.people.has(id),
      addField: (id) => change(id, { brandNew: 'new-field-of-the-vendor' }),
      retypeField: (id) => change(id, { email: { address: 'canary' } }),
      isOptedOut: (id) => state.people.get(id)?.mailing === 'no',
      optOut: (id) => change(id, { mailing: 'no' }),
      tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' } } },
    };
  },
  { own },
);

function addTo(
  { state, clock }: ClubMembersTwin,
  { givenName, familyName, email }: { readonly givenName: string; readonly familyName: string; readonly email: string },
): string {
  const id = String(state.nextId);
  state.nextId += 1;
  state.people.set(id, { id, firstName: givenName, lastName: familyName, email, mailing: null, updatedAt: clock.stamp() });
  return id;
}

test('the twin that a new connector gets is the one that these tests run on', () => {
  expect(scaffold(name)[`test/twins/${name}.ts`]).toBe(readFileSync(join(root, `test/twins/${name}.ts`), 'utf8'));
});

describe("a folder of a user's own", () => {
  let twin: ClubMembersTwin;
  let home: string;
  const link = (): string => join(home, 'club.yaml');
  const manifest = (): string => join(home, 'connectors', name, 'manifest.yaml');
  beforeEach(async () => {
    twin = await startClubMembersTwin();
    home = temporaryFolder();
    for (let count = 0; count < 120; count += 1)
      addTo(twin, { givenName: 'Ana', familyName: `Ruiz ${count}`, email: `canary.${count}@example.org` });
    const config = { url: twin.url, secrets: { token: `file:${join(home, 'token')}` } };
    writeFileSync(join(home, 'token'), twin.token);
    writeFileSync(link(), JSON.stringify({ id: 'club', title: 'The club', connector: name, config }));
    expect(await ficha(home, 'connector', 'new', name, '--own')).toMatchObject({ code: 0 });
  });
  afterEach(() => twin.stop());

  test('a connector is started, checked, listed, documented and discovered there, and code is refused', async () => {
    expect(await ficha(home, 'connector', 'lint', name)).toMatchObject({ code: 0, said: `${name}: fine\n` });
    expect((await ficha(home, 'connector', 'list')).said).toMatch(/^club-members +own /m);
    expect((await ficha(home, 'connector', 'docs', '--into', join(home, 'pages'))).said).toContain(`${name}/page.md`);
    expect(readFileSync(join(home, 'connectors', name, 'page.md'), 'utf8')).toContain('# Club Members');
    expect(await ficha(home, 'connector', 'discover', link())).toMatchObject({ code: 0, said: 'The account answers.\n' });
    expect((await ficha(home, 'connector', 'new', name, '--own')).said).toContain('already-there');
    expect((await ficha(home, 'connector', 'new', 'hubspot', '--own')).said).toContain('Ficha has a connector hubspot');
    expect(existsSync(join(home, 'connectors', 'hubspot'))).toBe(false);
    writeFileSync(join(home, 'connectors', name, 'hooks.ts'), 'export const hooks = {};');
    expect(await ficha(home, 'connector', 'lint', name)).toMatchObject({
      code: 1,
      said: expect.stringContaining('hooks-not-here'),
    });
    await expect(loadConnectors(join(home, 'connectors'))).rejects.toThrow('hooks-not-here');
  });

  test('it is tested against the real account without a call that writes, and says nothing of the people in it', async () => {
    const { code, said } = await ficha(home, 'connector', 'test', '--link', link());
    expect([code, said]).toEqual([0, expect.stringContaining('✓ pull person')]);
    expect(said).toContain('✓ a dry run of an erasure makes no call that writes: would-erase');
    expect(twin.ledger).toEqual([]);
    expect(said).not.toContain('canary');
    writeFileSync(manifest(), readFileSync(manifest(), 'utf8').replace('emails: email', 'emails: mail'));
    const wrong = await ficha(home, 'connector', 'test', '--link', link());
    expect([wrong.code, wrong.said]).toEqual([1, expect.stringContaining('is `map.emails` right?')]);
    expect(twin.ledger).toEqual([]);
  });
});

test('two connectors of one name are told', async () => {
  const folder = join(temporaryFolder(), 'connectors');
  mkdirSync(join(folder, 'hubspot'), { recursive: true });
  writeFileSync(join(folder, 'hubspot', 'manifest.yaml'), readFileSync(join(root, 'connectors/hubspot/manifest.yaml')));
  await expect(loadConnectors(folder)).rejects.toThrow('connector-twice');
});

test('the twin and the description that are scaffolded are those that this suite runs on', () => {
  const written = scaffold(name);
  for (const file of [`test/twins/${name}.ts`, `test/twins/${name}/spec.json`])
    expect(readFileSync(join(root, file), 'utf8')).toBe(written[file]);
});
