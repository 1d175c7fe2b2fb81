import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { freePort } from './free-port.ts';
import { findTemporal, temporalVersion } from './temporal-program.ts';

const program = '#!/bin/sh\necho temporal version made for a test\n';

/** A PATH that holds only these scripts and the shell's own tools. */
function pathWith(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) };
}

const goThat = (then: string): string => `#!/bin/sh
[ "$1" = version ] && exit 0
echo "$2" >> "$GOBIN/../asked"
sleep 0.2
${then}
`;
const builds = `printf '${program.replaceAll('\n', '\\n')}' > "$GOBIN/temporal" && chmod 755 "$GOBIN/temporal"`;

async function search(env: NodeJS.ProcessEnv, cache = temporaryFolder(), archiveUrl?: string) {
  const said: string[] = [];
  const url = archiveUrl ?? `http://127.0.0.1:${await freePort()}/`;
  return { said, cache, found: () => findTemporal({ say: (line) => said.push(line), cache, env, archiveUrl: url }) };
}

test('the one on PATH is taken when it runs', async () => {
  const { found, said } = await search(pathWith({ temporal: program }));
  expect(await found()).toBe('temporal');
  expect(said).toEqual([]);
});

test('where the ready-made one is out of reach, Go builds it once, for all who ask at the same time and later', async () => {
  const env = pathWith({ temporal: '#!/bin/sh\nexit 1\n', go: goThat(builds) });
  const { found, cache, said } = await search(env);
  const [one, another] = await Promise.all([found(), (await search(env, cache)).found()]);
  expect(one).toBe(join(cache, `temporal-${temporalVersion}`, 'temporal'));
  expect(another).toBe(one);
  expect(await found()).toBe(one);
  const asked = readFileSync(join(cache, `temporal-${temporalVersion}`, 'asked'), 'utf8')
    .trim()
    .split('\n');
  expect(asked).toEqual([`github.com/temporalio/cli/cmd/temporal@${temporalVersion}`]);
  expect(readdirSync(join(cache, `temporal-${temporalVersion}`)).sort()).toEqual(['asked', 'temporal']);
  expect(said.join('\n')).toMatch(/out of reach.*no connection[\s\S]*building[\s\S]*built in/);
});

test('the ready-made one is unpacked in its place', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in', 'temporal'), program, { mode: 0o755 });
  spawnSync('tar', ['-czf', join(folder, 'archive.tgz'), '-C', join(folder, 'in'), 'temporal']);
  const server = createServer((_, response) => response.end(readFileSync(join(folder, 'archive.tgz'))));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { found, cache } = await search(
    pathWith({ temporal: '#!/bin/sh\nexit 1\n' }),
    temporaryFolder(),
    `http://127.0.0.1:${port}/`,
  );
  expect(await found()).toBe(join(cache, `temporal-${temporalVersion}`, 'temporal'));
  server.close();
});

test('without any way the error says each that was tried and what to do; nothing half made stays', async () => {
  const broken = { temporal: '#!/bin/sh\nexit 1\n' };
  const none = await search({ ...pathWith(broken), PATH: `${pathWith(broken)['PATH']?.split(delimiter)[0]}` });
  await expect(none.found()).rejects.toThrow(
    /temporal-not-found: .*out of reach.*Go, which would build it, is not installed.*TEMPORAL_ADDRESS/,
  );
  const fails = await search(pathWith({ ...broken, go: goThat('echo "no network" >&2; exit 1') }));
  await expect(fails.found()).rejects.toThrow(/temporal-not-found: .*Go could not build it \(no network\)/);
  expect(existsSync(join(fails.cache, `temporal-${temporalVersion}`, 'temporal'))).toBe(false);
});
