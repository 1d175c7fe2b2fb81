import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

const wanted = 24_731;
const module = JSON.stringify(fileURLToPath(new URL('./free-port.ts', import.meta.url)));
/** Asks, says the port, and lives on until its input is closed. */
const asking = `import { freePort } from ${module}; console.log(await freePort(${wanted})); process.stdin.resume();`;

test('processes that ask at the same moment are given different ports, though none listens yet', async () => {
  const others = [1, 2, 3].map(() => spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', asking]));
  const own = await freePort(wanted);
  const theirs = await Promise.all(others.map(async ({ stdout }) => Number((await once(createInterface(stdout), 'line'))[0])));
  expect(new Set([own, ...theirs]).size).toBe(4);
  await Promise.all(
    others.map((other) => {
      other.stdin.end();
      return once(other, 'exit');
    }),
  );
}, 60_000);

test('the same process is given its port again', async () => {
  expect(await freePort(wanted)).toBe(await freePort(wanted));
});
