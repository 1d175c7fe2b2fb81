import type { ErasureCertificate } from '../../schemas/types.ts';
import { certificateContent, type ContentRow, type PageLanguage } from './certificate-content.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem;margin:0}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border-bottom:1px solid #bbb;padding:.4rem .5rem;text-align:left;vertical-align:top}
code{font-size:.85em;overflow-wrap:anywhere}dt{font-weight:600}dd{margin:0 0 .4rem}
.outcome{border-left:4px solid #146c43;padding:.4rem .8rem;margin:1.2rem 0}
@media print{body{margin:0;max-width:none;font-size:11pt}@page{margin:2cm}}`;

const cell = (lines: readonly string[]): string => `<td>${lines.map(escaped).join('<br>')}</td>`;

const rowOf = ({ systemId, located, done, kept }: ContentRow): string =>
  `<tr><th scope="row">${escaped(systemId)}</th><td>${located}</td>${cell(done)}${cell(kept)}</tr>`;

/** A certificate as a page that a person reads. No script, no picture, nothing loaded. */
export function certificatePage(certificate: ErasureCertificate, language: PageLanguage): string {
  const { title, law, outcome, facts, head, rows, proofs, check, none } = certificateContent(certificate, language);
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${style}</style></head><body>
<h1>${escaped(title)}</h1><p>${escaped(law)}</p>
<p class="outcome">${escaped(outcome)}</p>
<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
<table><thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(rowOf).join('\n')}</tbody></table>
${proofs.map(([text, fingerprint]) => `<p>${escaped(text)} <code>${escaped(fingerprint)}</code></p>`).join('\n')}
<p><code>${escaped(check)}</code></p><p>${escaped(none)}</p>
</body></html>
`;
}
