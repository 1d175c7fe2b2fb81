import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('a process that gives way runs after others, and so do its threads', () => {
  const own = JSON.stringify(fileURLToPath(new URL('give-way.ts', import.meta.url)));
  const script = `
    import { getPriority } from 'node:os';
    import { readdirSync, readFileSync } from 'node:fs';
    import { readFile } from 'node:fs/promises';
    import { giveWay } from ${own};
    giveWay();
    await readFile(${own});
    const nice = (task) => Number(readFileSync('/proc/self/task/' + task + '/stat', 'utf8').split(') ')[1].split(' ')[16]);
    const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(nice) : [];
    process.stdout.write(JSON.stringify([getPriority(), Math.max(...threads, 0)]));`;
  const { stdout } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script]);
  const [priority, most] = JSON.parse(stdout.toString()) as [number, number];
  expect(priority).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  if (process.platform === 'linux') expect(most).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
});
