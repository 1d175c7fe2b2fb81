import { Parser } from 'htmlparser2';

const unseen: ReadonlySet<string> = new Set(['script', 'style', 'template']);
/** What a browser writes on in the same line. */
const inline: ReadonlySet<string> = new Set([
  'a',
  'abbr',
  'b',
  'code',
  'em',
  'font',
  'i',
  'mark',
  's',
  'small',
  'span',
  'strong',
  'sub',
  'sup',
  'u',
  'wbr',
]);
const toldIn = ['href', 'title', 'alt', 'value', 'content'] as const;

/** What an HTML document shows, with addresses behind links; scripts and styles left out. */
export function htmlText(html: string): string {
  const texts: string[] = [];
  let hidden = 0;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (unseen.has(name)) hidden += 1;
      for (const key of toldIn) if (attributes[key] !== undefined) texts.push('\n', readable(attributes[key]), '\n');
      if (!inline.has(name)) texts.push('\n');
    },
    ontext: (text) => {
      if (hidden === 0) texts.push(text);
    },
    oncomment: (text) => {
      texts.push('\n', text, '\n');
    },
    onclosetag: (name) => {
      if (unseen.has(name)) hidden -= 1;
      if (!inline.has(name)) texts.push('\n');
    },
  });
  parser.end(html);
  return texts.join('');
}

/** `mailto:ana%40example.org` as it is meant. */
function readable(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^(?:mailto|tel):/i, ''));
  } catch {
    return value;
  }
}
