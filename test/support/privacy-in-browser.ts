import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Answers namesakes as other people, and that what no call reaches was searched, until nothing asks. */
export async function settleWhatAsks(page: Page): Promise<void> {
  for (let asked = 0; asked < 40; asked += 1) {
    const asks = 'button[value=other-person], button[value=done]';
    await page.waitForSelector(`form:has(input[name=planHash]) button, ${asks}`, { timeout: 60_000 });
    const answer = page.locator(asks).first();
    if ((await answer.count()) === 0) return;
    await answer.click();
    await page.waitForLoadState();
  }
}

/** An answer just given makes the request search again for a moment, and the page draws itself anew: whoever approves then tries again. */
export async function approve(page: Page): Promise<void> {
  const button = page.locator('form:has(input[name=planHash]) button').first();
  let taken = false;
  page.on('request', (request) => void (taken ||= request.url().includes('told=privacy.approved')));
  const approved = async (): Promise<boolean> => {
    if (!taken && (await button.count()) > 0) {
      await page.check('input[name=sure]', { timeout: 2_000 }).catch(() => undefined);
      await button.click({ timeout: 2_000 }).catch(() => undefined);
    }
    return taken;
  };
  await expect.poll(approved, { timeout: 60_000, interval: 500 }).toBe(true);
}
