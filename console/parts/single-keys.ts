import { html } from 'hono/html';
import type { Html, View } from '../view.ts';

/** Beside what single keys do: the button that turns them off and on. The script shows it; without a script no key does anything. */
export const singleKeysButton = ({ t }: View): Html =>
  html`<button type="button" class="small" data-keys data-on="${t('keys.on')}" data-off="${t('keys.off')}" hidden></button>`;
