/** A ticked record moves to the other side, by mouse or by keyboard; the effect is fetched whenever the choice changes. */
export function splitByDragging(): void {
  const form = document.querySelector<HTMLFormElement>('#split');
  const part = form?.querySelector<HTMLElement>('[data-drop=part]');
  const stay = form?.querySelector<HTMLElement>('[data-drop=stay]');
  if (!form || !part || !stay) return;
  part.hidden = false;
  const show = (box: HTMLInputElement): void => {
    const record = box.closest('li');
    const had = document.activeElement === box;
    if (record) (box.checked ? part : stay).querySelector('ul')?.append(record);
    if (had) box.focus(); // moving it took the focus away
  };
  const boxes = [...form.querySelectorAll<HTMLInputElement>('input[name=records]')];
  for (const box of boxes) show(box);
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === 'records') show(target);
    void preview(form);
  });
  let dragged: HTMLElement | undefined;
  for (const record of form.querySelectorAll<HTMLElement>('li[draggable]')) {
    record.addEventListener('dragstart', () => (dragged = record));
  }
  for (const [side, chosen] of [
    [part, true],
    [stay, false],
  ] as const) {
    side.addEventListener('dragover', (event) => event.preventDefault());
    side.addEventListener('drop', (event) => {
      event.preventDefault();
      const box = dragged?.querySelector<HTMLInputElement>('input[type=checkbox]');
      if (!box) return;
      box.checked = chosen;
      show(box);
      void preview(form);
    });
  }
}

let asked = new AbortController();

/** Puts in what the server says would become of the choice as it stands. */
async function preview(form: HTMLFormElement): Promise<void> {
  asked.abort();
  asked = new AbortController();
  const place = form.querySelector<HTMLElement>('#effect');
  const body = new URLSearchParams(
    [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  try {
    const response = await fetch(form.action, { method: 'POST', body, headers: { 'x-fragment': '1' }, signal: asked.signal });
    if (response.redirected) location.assign(response.url);
    else if (place) place.innerHTML = await response.text(); // escaped by the server that made it
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) form.dataset['offline'] = 'true'; // the button still works
  }
}
