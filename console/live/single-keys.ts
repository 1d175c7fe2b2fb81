const place = 'ficha.single-keys';

/** Whether a key alone does something now: not when the reader turned that off, nor while a dialog asks. @see WCAG 2.2, 2.1.4 */
export const singleKeysAct = (): boolean =>
  localStorage.getItem(place) !== 'off' && document.querySelector('dialog[open]') === null;

/** The buttons that turn single keys off and on, for whoever speaks to the computer or presses keys by accident. */
export function offerSingleKeys(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>('button[data-keys]');
  const show = (): void => {
    for (const button of buttons) {
      button.textContent = (localStorage.getItem(place) === 'off' ? button.dataset['on'] : button.dataset['off']) ?? '';
      button.hidden = false;
    }
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      if (localStorage.getItem(place) === 'off') localStorage.removeItem(place);
      else localStorage.setItem(place, 'off');
      show();
    });
  }
  show();
}
