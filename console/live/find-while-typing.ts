import { singleKeysAct } from './single-keys.ts';

const pauseMs = 120;

/** Results as one types, and a way through them with the arrow keys. What is typed goes in the body of the request only. */
export function findWhileTyping(): void {
  const form = document.querySelector<HTMLFormElement>('#find');
  const box = document.querySelector<HTMLInputElement>('#find input[type=search]');
  const results = document.querySelector<HTMLElement>('#results');
  document.addEventListener('keydown', (event) => goToBox(event, box));
  if (form === null || box === null || results === null) return;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asked = new AbortController();
  const ask = async (): Promise<void> => {
    asked.abort();
    asked = new AbortController();
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        body: new URLSearchParams(
          [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
        ),
        headers: { 'x-fragment': '1' },
        signal: asked.signal,
      });
      if (response.redirected) location.assign(response.url);
      else if (response.ok) results.innerHTML = await response.text(); // escaped by the server that made it
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) form.dataset['offline'] = 'true';
    }
  };
  box.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void ask(), pauseMs);
  });
  form.addEventListener('submit', (event) => {
    const first = results.querySelector<HTMLAnchorElement>('a');
    if (first === null || event.submitter !== null) return;
    event.preventDefault();
    first.click();
  });
  document.addEventListener('keydown', (event) => walk(event, box, results));
}

/** `/` anywhere leads to the box; in the empty box itself it changes nothing. */
function goToBox(event: KeyboardEvent, box: HTMLInputElement | null): void {
  const isThere = box !== null && event.target === box && box.value === '';
  if (event.key !== '/' || (isTyping(event.target) && !isThere) || !singleKeysAct()) return;
  event.preventDefault();
  if (box === null) location.assign('/console');
  else box.focus();
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

function walk(event: KeyboardEvent, box: HTMLInputElement, results: HTMLElement): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops: HTMLElement[] = [box, ...results.querySelectorAll<HTMLAnchorElement>('a')];
  const here = stops.findIndex((stop) => stop === document.activeElement);
  const next = stops[here + (event.key === 'ArrowDown' ? 1 : -1)];
  if (here === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
