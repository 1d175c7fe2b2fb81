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

test('every command prints JSON when asked, but those that stay up, ask a person, or write a shell script', () => {
  expect(commands.length).toBeGreaterThan(60);
  const without = commands.map(([name]) => name).filter((name) => !withOption('--json').includes(name));
  expect(without.sort()).toEqual(['completion', 'demo', 'review', 'up']);
});

test('what cannot be taken back is asked about: --yes does it in a script', () => {
  expect(withOption('--yes')).toEqual(
    expect.arrayContaining([
      'demo',
      'client split',
      'client merge',
      'client write',
      'client document drop',
      'request approve',
      'request cancel',
      'request extend',
      'request lift',
      'request transfer',
      'consent special drop',
      'metrics release',
      'restore',
    ]),
  );
});

test('what reads a file and writes for many can be tried dry', () => {
  expect(withOption('--dry-run')).toEqual(
    expect.arrayContaining([
      'init',
      'system link',
      'client write',
      'review answer',
      'consent exclude',
      'consent delist',
      'restore',
    ]),
  );
});
