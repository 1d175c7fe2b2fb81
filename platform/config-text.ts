import { type SettingRule, settingRules } from './settings.ts';

const width = 100;

/** Words in lines of at most `width` characters, each behind `# `. */
function comment(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

const scalar = (value: string): string => (/^[A-Za-z0-9_./-]+$/.test(value) ? value : JSON.stringify(value));

function setting(name: string, rule: SettingRule, value: string | undefined): string {
  const values = rule.enum === undefined ? '' : ` (${rule.enum.map(String).join(', ')})`;
  const line = value === undefined ? `# ${name}: ${rule.default ?? ''}`.trimEnd() : `${name}: ${scalar(value)}`;
  return [...comment(`${rule.description ?? ''}${values}`), line].join('\n');
}

/**
 * The text of a config file: every setting with what it is for, those that are given set, the others commented with their default.
 * @param given values by name
 */
export function configText(given: Readonly<Record<string, string>>): string {
  const rules = Object.entries(settingRules()).filter(([name]) => name !== 'FICHA_CONFIG');
  const head = [
    '# Settings of Ficha. A line without # holds; an environment variable of the same name wins over it.',
    '# `ficha config check` says whether Ficha would start with them, `ficha config explain` what holds and why.',
  ].join('\n');
  return `${[head, ...rules.map(([name, rule]) => setting(name, rule, given[name]))].join('\n\n')}\n`;
}
