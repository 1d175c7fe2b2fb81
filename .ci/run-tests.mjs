/** Runs every test and ends with the line `N passed, N failed` that CI reads. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'ficha-tests-'));
const report = join(folder, 'report.json');
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
let counts = { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 0, numPendingTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  process.stderr.write('no-test-report: the test runner ended before it wrote its report; its own message is above\n');
}
rmSync(folder, { recursive: true, force: true });
const failed = status === 0 ? counts.numFailedTests : Math.max(counts.numFailedTests, 1);
if (counts.numPendingTests > 0)
  process.stdout.write(`\n${counts.numPendingTests} skipped: what they need is not here, see above\n`);
process.stdout.write(`\n${counts.numPassedTests} passed, ${failed} failed\n`);
process.exit(status === 0 && counts.numPassedTests === 0 ? 1 : (status ?? 1));
