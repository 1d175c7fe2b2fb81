#!/usr/bin/env node
/**
 * Installs the packages of the lock file when they are missing or older than it, so that `npm start` and `npm test` need no step
 * before them. Uses nothing but Node, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(
    `node-too-old: Ficha needs Node 20.20 or newer, this is ${process.versions.node}. Install a newer Node and try again.\n`,
  );
  process.exit(1);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.ficha-installed');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  process.stdout.write('Installing packages (about a minute the first time)...\n');
  // not `npm ci`: it refuses a lock file written where optional packages of other platforms could not be had; versions are exact either way
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(
      'install-failed: npm install did not finish; its own message is above. Check the network and the disk, then try again.\n',
    );
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, lock);
}
