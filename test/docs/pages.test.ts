import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { buildSchema, parse as parseGraphql, validate } from 'graphql';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { createProgram } from '../../cli/program.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import { blocksOf, commandsIn, deadLinks, pages, textOf } from './markdown.ts';

const program = createProgram();

/** The command that words lead to, and the words that are left. Reference pages write alternatives as `a|b`: the first counts. */
function resolved(words: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } {
  let command: Command = program;
  let at = 0;
  for (; at < words.length; at += 1) {
    const next = command.commands.find((one) => one.name() === words[at]?.split('|')[0]);
    if (next === undefined) break;
    command = next;
  }
  return { command, rest: words.slice(at) };
}

/** What is wrong with a command that a page writes; undefined when nothing is. */
function problemOf(text: string): string | undefined {
  const words = text.split(/\s+/);
  const { command, rest } = resolved(words);
  if (command === program) return `${text}: there is no such command`;
  if (
    command.commands.length > 0 &&
    rest[0] !== undefined &&
    /^[a-z-]+$/.test(rest[0]) &&
    command.registeredArguments.length === 0
  )
    return `${text}: ${command.name()} has no ${rest[0]}`;
  const known = new Set(['--help', ...command.options.map(({ long }) => long), ...program.options.map(({ long }) => long)]);
  const strange = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option).find((option) => !known.has(option));
  return strange === undefined ? undefined : `${text}: ${command.name()} has no ${strange}`;
}

test('every link of every page leads somewhere, headings too', () => {
  expect(pages().length).toBeGreaterThan(40);
  expect(pages().flatMap((page) => deadLinks(page, existsSync))).toEqual([]);
});

test('every command that a page writes is there, with its options', () => {
  const written = pages().flatMap((page) => commandsIn(page).map((text) => ({ page, text })));
  expect(written.length).toBeGreaterThan(100);
  expect(
    written.flatMap(({ page, text }) => {
      const problem = problemOf(text);
      return problem === undefined ? [] : [`${page}: ${problem}`];
    }),
  ).toEqual([]);
});

test('what is no command is found', () => {
  expect(problemOf('request aprove ID')).toContain('has no aprove');
  expect(problemOf('clinet find x')).toContain('no such command');
  expect(problemOf('sync erp --fulll')).toContain('has no --fulll');
});

test('every npm script that a page names is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> };
  const named = pages().flatMap((page) =>
    [...textOf(page).matchAll(/`npm run (?:-s )?([a-z:0-9]+)/g)].map(([, name]) => ({ page, name })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name }) => scripts[name ?? ''] === undefined)).toEqual([]);
});

test('GraphQL in the pages fits the schema; YAML and JSON are what they say they are', () => {
  const schema = buildSchema(readFileSync('graphql/schema.graphql', 'utf8'));
  const problems = pages()
    .flatMap((page) => blocksOf(page))
    .flatMap(({ page, line, language, text }) => {
      const at = (say: string): string => `${page}:${line}: ${say}`;
      try {
        if (language === 'graphql') return validate(schema, parseGraphql(text)).map(({ message }) => at(message));
        if (language === 'json') JSON.parse(text.trimStart().startsWith('"') ? `{${text}}` : text);
        if (language !== 'yaml') return [];
        const value: unknown = parseYaml(text);
        if (typeof value !== 'object' || value === null) return [at('holds nothing')];
        const of =
          'columns' in value ? 'identity/column-map' : 'connector' in value && 'id' in value ? 'command/link-system' : undefined;
        const found = of === undefined ? [] : validatorFor(of)(value);
        return found.length === 0 ? [] : [at(problemsInWords(found))];
      } catch (error) {
        return [at(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'cannot be read')];
      }
    });
  expect(problems).toEqual([]);
});
