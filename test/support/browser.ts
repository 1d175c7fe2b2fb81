import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureDebianPackages } from './real/debian.ts';

/**
 * Starts the real Chromium of Debian, without a window. The caller closes it.
 * @throws RealSystemUnavailable where it is not and cannot be installed
 */
export async function startBrowser(): Promise<Browser> {
  await ensureDebianPackages('Chromium', ['chromium']);
  return await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds against WCAG 2.2 AA on the page as it stands: rule and place of each. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: axeFile });
  const found = await page.evaluate(async (): Promise<readonly Violation[]> => {
    const { axe } = globalThis as unknown as { readonly axe: { run(options: object): Promise<{ violations: Violation[] }> } }; // the script just added
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // of what passes nothing is read here, so axe need not list it
    return (await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })).violations;
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
