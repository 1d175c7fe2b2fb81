import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Argument, Command, Option } from 'commander';
import { settingRules } from '../platform/settings.ts';
import { createProgram, exitCodeLines } from './program.ts';
import { allQuestions } from './question.ts';

/** Writes docs/reference/cli.md and settings.md, and the program's questions, from the program and the schema; with --check fails when a committed file differs. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const argumentLine = (argument: Argument): string =>
  `| \`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\` | ${cell(argument.description)} |`;

const optionLine = ({ flags, description, defaultValue, argChoices, mandatory }: Option): string => {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  const usual = defaultValue === undefined || defaultValue === '' ? '' : `; ${String(defaultValue)} when left out`;
  return `| \`${cell(flags)}\` | ${cell(`${description}${choices}${usual}${mandatory ? '; must be given' : ''}`)} |`;
};

function section(command: Command, path: string): readonly string[] {
  const name = `${path} ${command.name()}`.trim();
  const own = command.commands.filter((one) => one.name() !== 'help');
  const rows = [...command.registeredArguments.map(argumentLine), ...command.options.map(optionLine)];
  const usage = command.usage().replace('[options]', '').trim();
  return [
    `## ${name}\n\n${command.description()}\n`,
    ...(own.length === 0 ? [`\`\`\`\n${`${name} ${usage}`.trim()}\n\`\`\`\n`] : []),
    ...(rows.length === 0 ? [] : [`| | |\n|---|---|\n${rows.join('\n')}\n`]),
    ...own.flatMap((one) => section(one, name)),
  ];
}

const program = createProgram();
const commands = program.commands.filter((one) => one.name() !== 'help').toSorted((a, b) => a.name().localeCompare(b.name()));
const cli = `# Command line

Made from the program by \`npm run generate\`. In a checkout \`ficha\` is \`npm run -s ficha --\`. \`--help\` works everywhere.

Exit codes: ${exitCodeLines().join(', ')}. \`--json\` prints one JSON document on the standard output; messages go to the standard error.
\`--dry-run\`: the server checks and does everything, in a transaction that it takes back, and tells nobody. What cannot be taken back asks first; in scripts \`--yes\` says it.

${commands.flatMap((one) => section(one, 'ficha')).join('\n')}`;

const settingLines = Object.entries(settingRules()).map(([name, { description = '', default: usual, enum: values }]) => {
  const choices = values === undefined ? '' : ` (${values.map(String).join(', ')})`;
  return `| \`${name}\` | ${usual === undefined ? '' : `\`${String(usual)}\``} | ${cell(description)}${choices} |`;
});
const settings = `# Settings

Made from \`schemas/settings/settings.schema.json\` by \`npm run generate\`. Each is an environment variable, or a line of the config file
(\`ficha.yaml\`; \`ficha init\` writes one); the environment wins. \`ficha config explain\` says what holds and where it comes from.

| setting | default | what it is |
|---|---|---|
${settingLines.join('\n')}
`;

for (const [name, text] of [
  ['docs/reference/cli.md', cli],
  ['docs/reference/settings.md', settings],
  ['graphql/operations.json', `${JSON.stringify(allQuestions(), null, 2)}\n`],
] as const) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`reference-drift: ${name} is not what the program says; run \`npm run generate\` and commit it\n`);
    process.exitCode = 1;
  }
}
