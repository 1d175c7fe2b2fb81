import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from './program.ts';

/** Every command that does something, by its whole name. */
function commandsOf(command: Command, path = ''): readonly (readonly [string, readonly string[]])[] {
  return command.commands.flatMap((one) => {
    if (one.name() === 'help') return [];
    const name = `${path} ${one.name()}`.trim();
    const own = one.options.map(({ long }) => long ?? '');
    const inner = commandsOf(one, name);
    return inner.length > 0 && name !== 'review' ? inner : [[name, own] as const, ...inner];
  });
}
const commands = commandsOf(createProgram());
const withOption = (option: string): readonly string[] => commands.flatMap(([name, own]) => (own.includes(option) ? [name] : []));

test('every command prints JSON when asked, but the one that asks a person', () => {
  expect(commands.length).toBeGreaterThan(60);
  const without = commands.map(([name]) => name).filter((name) => !withOption('--json').includes(name));
  expect(without).toEqual(['review']);
});

test('what cannot be taken back is asked about: --yes does it in a script', () => {
  expect(withOption('--yes')).toEqual(
    expect.arrayContaining([
      'demo',
      'client split',
      'client merge',
      'client write',
      'client document drop',
      'consent special release',
      'request approve',
      'request blocked agree',
      'request cancel',
      'request extend',
      'request identity',
      'request lift',
      'request readmit',
      'request refuse',
      'request transfer',
      'consent special drop',
      'metrics release',
      'restore',
    ]),
  );
});

/** Reads, or writes only the file that it is asked for and what a run of tests found. */
const onlyReads =
  /^(audit|backup|completion|config|doctor|resolve|up)\b| (list|show|find|why|how|get|verify|receipt|told|drift|processing|audience|check|quality|discover|lint|test|docs|read|budget|rehearse|certificate|mentions|package|intakes|recipients)$/;
/** Opens what is tried by other means: a page that nobody follows until it is sent, blocked data that is handed out once, one review after the other. */
const elsewhere = ['consent link', 'request blocked agree', 'review', 'scrub'];
/** Shows its effect and does nothing until it is told --yes. */
const dryUnlessYes = ['client split', 'client merge'];

test('every command that writes can be tried dry', () => {
  const writes = commands.map(([name]) => name).filter((name) => !onlyReads.test(name));
  const without = writes.filter((name) => !withOption('--dry-run').includes(name));
  expect(without.sort()).toEqual([...elsewhere, ...dryUnlessYes].sort());
});
