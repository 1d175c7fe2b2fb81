/**
 * Runs every test and ends with the line `N passed, N failed` that CI reads. A few files that failed are run once more, alone: on a
 * machine that is short of cores a wait can run out. What passes only then is named, so that nobody takes it for steady.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** More red files than this are no accident of timing. */
const mostAgain = 4;

/** @returns exit status and report of one run; no report when the runner ended before it wrote it */
function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-tests-'));
  const file = join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
    { stdio: 'inherit' },
  );
  try {
    return { status, report: JSON.parse(readFileSync(file, 'utf8')) };
  } catch {
    process.stderr.write('no-test-report: the test runner ended before it wrote its report; its own message is above\n');
    return { status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isRed = ({ status }) => status === 'failed';

/** Files of a report, those that failed apart from the others. */
const files = (report) => report?.testResults ?? [];

const count = (results, state) =>
  results.reduce((sum, { assertionResults }) => sum + assertionResults.filter(({ status }) => status === state).length, 0);

let { status, report } = run(process.argv.slice(2));
let results = files(report);
const red = results.filter(isRed);
if (status !== 0 && red.length > 0 && red.length <= mostAgain) {
  const names = red.map(({ name }) => relative('.', name));
  process.stdout.write(`\nOnce more, alone: ${names.join(', ')}\n`);
  const again = run(['--maxWorkers=1', ...names]);
  const passedNow = files(again.report).filter((file) => !isRed(file) && file.assertionResults.length > 0);
  if (passedNow.length === red.length && again.status === 0) status = 0;
  results = [...results.filter((file) => !isRed(file)), ...files(again.report)];
  for (const file of passedNow) {
    const before = red.find(({ name }) => name === file.name);
    const failed = before?.assertionResults.filter(isRed).map(({ fullName }) => fullName) ?? [];
    process.stdout.write(
      `not steady: ${relative('.', file.name)} passed only when run again: ${failed.join('; ') || before?.message}\n`,
    );
  }
}
const passed = count(results, 'passed');
const skipped = count(results, 'pending') + count(results, 'skipped');
const failed = status === 0 ? 0 : Math.max(count(results, 'failed'), 1);
if (skipped > 0) process.stdout.write(`\n${skipped} skipped: what they need is not here, see above\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(status === 0 && passed === 0 ? 1 : (status ?? 1));
