import { showLocalTimes } from './show-local-times.ts';

/** Puts in what the server sends whenever something moved. A form that somebody is filling in is not taken away. */
export function watchLive(): void {
  const part = document.querySelector<HTMLElement>('#live');
  const address = part?.dataset['live'];
  if (!part || address === undefined || address === '') return;
  const source = new EventSource(address);
  source.addEventListener('part', (event: MessageEvent<string>) => {
    part.innerHTML = event.data; // escaped by the server that made it
    showLocalTimes(part);
  });
  source.addEventListener('reload', () => {
    source.close();
    const isWriting = document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLTextAreaElement;
    if (!isWriting) location.assign(address.replace(/\/live\?.*$/, ''));
  });
  addEventListener('pagehide', () => source.close());
}
