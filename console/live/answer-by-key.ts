import { singleKeysAct } from './single-keys.ts';

/** Presses the button that names this key, unless one is writing. */
export function answerByKey(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !singleKeysAct()) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const button = document.querySelector<HTMLButtonElement>(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button === null) return;
    event.preventDefault();
    button.click();
  });
}
