import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('a process that gives way runs after others, and so do the threads that it starts from then on', () => {
  const own = JSON.stringify(fileURLToPath(new URL('give-way.ts', import.meta.url)));
  const script = `
    import { once } from 'node:events';
    import { getPriority } from 'node:os';
    import { readdirSync, readFileSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    import { giveWay } from ${own};
    const nice = (task) => Number(readFileSync('/proc/self/task/' + task + '/stat', 'utf8').split(') ')[1].split(' ')[16]);
    const niced = () => readdirSync('/proc/self/task').map(nice).filter((one) => one > 0).length;
    const isLinux = process.platform === 'linux';
    const before = isLinux ? niced() : 0;
    giveWay();
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await once(worker, 'online');
    process.stdout.write(JSON.stringify([getPriority(), before, isLinux ? niced() : 2]));
    await worker.terminate();`;
  const { stdout } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script]);
  const [priority, before, after] = JSON.parse(stdout.toString()) as [number, number, number];
  expect(priority).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  expect(after - before).toBeGreaterThanOrEqual(2);
});
