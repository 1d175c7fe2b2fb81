import type { CertifiedSystem, ErasureCertificate } from '../../schemas/types.ts';
import words from './certificate-words.json' with { type: 'json' };

/** Languages in which a certificate can be read. */
export const pageLanguages = ['es', 'it', 'fr', 'en'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

type Words = (typeof words)[PageLanguage];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A word of the list, or the code itself where a newer Ficha wrote one that this one does not know. */
const word = (list: Readonly<Record<string, string>>, code: string): string => list[code] ?? code;

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem;margin:0}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border-bottom:1px solid #bbb;padding:.4rem .5rem;text-align:left;vertical-align:top}
code{font-size:.85em;overflow-wrap:anywhere}dt{font-weight:600}dd{margin:0 0 .4rem}
.outcome{border-left:4px solid #146c43;padding:.4rem .8rem;margin:1.2rem 0}
@media print{body{margin:0;max-width:none;font-size:11pt}@page{margin:2cm}}`;

const systemRow = (text: Words, { systemId, located, actions, kept }: CertifiedSystem): string => {
  const done = Object.entries(actions).map(([pair, count]) => {
    const [action = '', state = ''] = pair.split('/');
    return `${count} × ${word(text.action, action)}: ${word(text.state, state)}`;
  });
  const held = kept.map(
    ({ kind, count, until, legalBasis }) => `${count} × ${word(text.kind, kind)}, ${text.until} ${until}. ${legalBasis}`,
  );
  const cell = (lines: readonly string[]): string =>
    `<td>${lines.length === 0 ? text.nothing : lines.map(escaped).join('<br>')}</td>`;
  return `<tr><th scope="row">${escaped(systemId)}</th><td>${located}</td>${cell(done)}${cell(held)}</tr>`;
};

/**
 * A certificate as a page that a person reads, and prints to PDF. It says what the signed JSON says and nothing else, so it holds no
 * personal data; the JSON is what is verified. No script, no picture, nothing loaded.
 */
export function certificatePage({ body, signature }: ErasureCertificate, language: PageLanguage): string {
  const text = words[language];
  const facts: readonly (readonly [string, string])[] = [
    [text.request, body.requestId],
    [text.received, body.receivedAt.slice(0, 10)],
    [text.due, body.dueAt.slice(0, 10)],
    [text.closed, body.closedAt.slice(0, 10)],
  ];
  const title = escaped(word(text.title, body.type));
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head><body>
<h1>${title}</h1><p>${escaped(word(text.law, body.type))}</p>
<p class="outcome">${escaped(word(text.outcome, body.outcome))}</p>
<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
<table><thead><tr>${[text.system, text.located, text.done, text.kept].map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${body.systems.map((system) => systemRow(text, system)).join('\n')}</tbody></table>
<p>${escaped(text.proof)}: ${body.evidence.count} ${escaped(text.pieces)} <code>${escaped(body.evidence.digest)}</code></p>
<p>${escaped(text.plan)}: <code>${escaped(body.planHash)}</code></p>
<p>${escaped(text.signed)} <code>${escaped(signature.keyId)}</code>: <code>${escaped(signature.value)}</code></p>
<p><code>${escaped(text.check)}</code></p><p>${escaped(text.none)}</p>
</body></html>
`;
}
