import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { lockHome } from './home-lock.ts';

test('a folder belongs to one Ficha at a time; the second is told which process has it', () => {
  const home = temporaryFolder();
  const unlock = lockHome(home);
  expect(() => lockHome(home)).toThrow(new RegExp(`already-running: .*process ${process.pid}\\).*FICHA_HOME`));
  unlock();
  lockHome(home)();
});

test('a lock that a killed Ficha left, or whose number another process has by now, holds nobody up', () => {
  const home = temporaryFolder();
  for (const left of ['4194304 17', `${process.pid} 17`, '', 'no number']) {
    writeFileSync(join(home, 'running.pid'), left);
    lockHome(home)();
  }
});
