import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['docs', 'connectors', 'analytics', 'console', 'test'];

/** Every page of the project, by its path from the root. */
export const pages = (): readonly string[] => [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** A fenced block. `info` is what stands behind the three marks: the language, and why it is not run. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; lines: string[] } | undefined;
  textOf(page)
    .split('\n')
    .forEach((text, place) => {
      const fence = /^\s*```(.*)$/.exec(text);
      if (fence === null) open?.lines.push(text);
      else if (open === undefined) open = { line: place + 1, info: (fence[1] ?? '').trim(), lines: [] };
      else {
        const [language = '', ...rest] = open.info.split(' ');
        blocks.push({ page, line: open.line, language, info: rest.join(' '), text: open.lines.join('\n') });
        open = undefined;
      }
    });
  return blocks;
}

/** The text of a page without its fenced blocks. */
export const proseOf = (page: string): string => textOf(page).replaceAll(/^\s*```[\s\S]*?^\s*```$/gm, '');

/** The place that a heading gets: lower case, words joined by hyphens, other signs left out. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set([...proseOf(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)));

/** What a page links to in the project and is not there: `page: link`. */
export function deadLinks(page: string, exists: (path: string) => boolean): readonly string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!exists(join(root, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
    })
    .map((link) => `${page}: ${link}`);
}

/** Every `ficha ...` that a page writes, in blocks and in the running text, without what stands around it. */
export function commandsIn(page: string): readonly string[] {
  const inline = [...proseOf(page).matchAll(/`((?:npx |npm run -s )?ficha [^`]*)`/g)].map(([, text = '']) => text);
  const lines = blocksOf(page)
    .filter(({ language }) => language === '' || language === 'sh')
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => {
      const found = /(?:^|[|$]\s+)((?:npx |npm run -s )?ficha .*)$/.exec(line.trim());
      return found?.[1] === undefined ? [] : [found[1]];
    });
  return [...inline, ...lines]
    .map((text) =>
      text
        .replace(/^(npx |npm run -s )?ficha( --(?= |$))? ?/, '')
        .replaceAll(/\s+#.*$|\s{2,}.*$/g, '')
        .trim(),
    )
    .filter((text) => /^[a-z]/.test(text));
}
