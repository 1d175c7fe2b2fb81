/** Runs the import rules, and fails too when the checker saw next to nothing: a parser that reads no module finds no fault. */
import { spawnSync } from 'node:child_process';

const leastModules = 60;
const { stdout, stderr } = spawnSync(
  'npx',
  ['--no-install', 'depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'json', '.'],
  { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 },
);
if (!stdout) {
  process.stderr.write(stderr);
  process.exit(1);
}
const { summary } = JSON.parse(stdout);
for (const { rule, from, to } of summary.violations) process.stdout.write(`${rule.severity} ${rule.name}: ${from} -> ${to}\n`);
process.stdout.write(
  `${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} against the rules\n`,
);
if (summary.totalCruised < leastModules) {
  process.stderr.write(`imports-not-read: only ${summary.totalCruised} modules were read, at least ${leastModules} exist\n`);
  process.exit(1);
}
process.exit(summary.error > 0 ? 1 : 0);
