/**
 * `npm run chaos`: every fault and every kill at full counts, 20 in the middle of inserts into ClickHouse among them, then a table of
 * privacy's, how long an opt-out took until every system was read back, and what a pull of a million records came to whose worker is killed
 * every 10 s. A run that was broken off goes on where it was; --fresh starts anew, --minutes 8 begins nothing after eight minutes. The
 * verdicts lie in .ficha/chaos/privacy.jsonl, one run a
 * line.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const report = resolve('.ficha/chaos/privacy.jsonl');
if (process.argv.includes('--fresh')) rmSync(report, { force: true });
mkdirSync(resolve('.ficha/chaos'), { recursive: true });
const tests = [
  'test/kill-worker',
  'test/privacy-harness',
  'workflows/propagate-consent.test.ts',
  'test/consent-within-a-minute.test.ts',
  'domain/privacy',
  'domain/record/audit-chain.test.ts',
  'runtime/verify-evidence.test.ts',
  'activities/release-crash.test.ts',
];
// some goals alone, by a part of their files' names: npm run chaos -- due-date verify-evidence
const minutes = process.argv.indexOf('--minutes');
const until = minutes < 0 ? {} : { FICHA_CHAOS_UNTIL: String(Date.now() + Number(process.argv[minutes + 1]) * 60_000) };
const only = process.argv.slice(2).filter((word, place) => !word.startsWith('--') && (minutes < 0 || place + 2 !== minutes + 1));
/** Most files wait most of the time: for a server that is away, for a vendor that is asked again. */
const filesAtOnce = 4;
const consent = resolve('.ficha/chaos/consent.jsonl');
rmSync(consent, { force: true });
const pull = resolve('.ficha/chaos/pull.jsonl');
rmSync(pull, { force: true });
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', `--maxWorkers=${filesAtOnce}`, ...(only.length === 0 ? tests : only)],
  {
    stdio: 'inherit',
    env: {
      FICHA_KILLS: '20',
      FICHA_OPT_OUTS: '40',
      FICHA_PULL_RECORDS: '1000000',
      ...process.env,
      FICHA_CHAOS_REPORT: report,
      FICHA_CONSENT_REPORT: consent,
      FICHA_PULL_REPORT: pull,
      ...until,
    },
  },
);
const verdicts = existsSync(report)
  ? readFileSync(report, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];
const faults = new Map();
for (const verdict of verdicts) {
  const name = verdict.group ?? verdict.fault;
  const sum = faults.get(name) ?? {
    runs: 0,
    kills: 0,
    people: 0,
    complete: 0,
    falseComplete: 0,
    twice: 0,
    wrongPerson: 0,
    slowest: 0,
  };
  sum.slowest = Math.max(sum.slowest, verdict.ms);
  for (const key of ['people', 'complete', 'falseComplete', 'twice', 'wrongPerson']) sum[key] += verdict[key];
  faults.set(name, { ...sum, runs: sum.runs + 1, kills: sum.kills + (verdict.kills ?? 0) });
}
const head = ['fault', 'runs', 'killed', 'people', 'complete', 'false complete', 'twice', 'wrong person', 'slowest, s'];
const rows = [...faults].map(([name, sum]) => [
  name,
  sum.runs,
  sum.kills,
  sum.people,
  sum.complete,
  sum.falseComplete,
  sum.twice,
  sum.wrongPerson,
  Math.round(sum.slowest / 1000),
]);
const all = [head, ...rows].map((row) => row.map(String));
const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
process.stdout.write(`\n${all.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ')).join('\n')}\n`);
process.stdout.write(`\n${verdicts.length} runs, one a line of JSON: ${report}\n`);
// G2: how soon it goes on once a worker polls again, and whether it ended in time
const middle = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
const killed = verdicts.filter(({ kills, recoveredMs }) => kills === 1 && recoveredMs !== null);
const unharmed = middle(
  verdicts.filter(({ fault }) => fault === 'worker killed never').map(({ ms }) => ms),
  0.5,
);
if (killed.length > 0) {
  const seconds = (ms) => (ms / 1000).toFixed(1);
  const recovered = killed.map(({ recoveredMs }) => recoveredMs);
  const slow = killed.filter(({ ms, outageMs }) => ms > 2 * unharmed + outageMs).length;
  process.stdout.write(
    `\n${killed.length} workers killed: from the next one that polls to the next call p50 ${seconds(middle(recovered, 0.5))} s, p95 ${seconds(middle(recovered, 0.95))} s; ` +
      `${slow} runs longer than twice ${seconds(unharmed)} s and the outage\n`,
  );
}
const passedOn = existsSync(consent) ? readFileSync(consent, 'utf8').split('\n').filter(Boolean) : [];
for (const line of passedOn) process.stdout.write(`\nopt-outs, seconds until read back everywhere: ${line}\n`);
if (existsSync(pull)) process.stdout.write(`\nlong pull, its workers killed:\n${readFileSync(pull, 'utf8')}`);
const late = passedOn.filter((line) => JSON.parse(line).p95 > 60);
process.exit(late.length > 0 ? 1 : (status ?? 1));
