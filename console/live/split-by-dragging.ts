/** Records can be dragged to the other side instead of ticked; the tick is what counts. */
export function splitByDragging(): void {
  const form = document.querySelector<HTMLFormElement>('#split');
  const drop = form?.querySelector<HTMLElement>('[data-drop=part]');
  const stay = form?.querySelector<HTMLElement>('[data-drop=stay]');
  if (!form || !drop || !stay) return;
  let dragged: HTMLElement | undefined;
  for (const record of form.querySelectorAll<HTMLElement>('li[draggable]')) {
    record.addEventListener('dragstart', () => (dragged = record));
  }
  const list = document.createElement('ul');
  list.className = 'split';
  drop.append(list);
  const home = stay.querySelector('ul');
  const take = (into: HTMLElement, target: Element | null, chosen: boolean): void => {
    into.addEventListener('dragover', (event) => event.preventDefault());
    into.addEventListener('drop', (event) => {
      event.preventDefault();
      const box = dragged?.querySelector<HTMLInputElement>('input[type=checkbox]');
      if (dragged === undefined || !box || target === null) return;
      box.checked = chosen;
      target.append(dragged);
    });
  };
  take(drop, list, true);
  take(stay, home, false);
  drop.removeAttribute('aria-hidden');
}
