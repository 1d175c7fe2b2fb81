/** Escape closes what hover or focus opened, without moving away (WCAG 1.4.13). */
export function closeByEscape(): void {
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const origin of document.querySelectorAll<HTMLElement>('.origin')) origin.dataset['closed'] = 'true';
  });
  for (const kind of ['pointerover', 'focusin'] as const) {
    document.addEventListener(kind, ({ target }) => {
      const origin = target instanceof Element ? target.closest<HTMLElement>('.origin') : null;
      for (const other of document.querySelectorAll<HTMLElement>('.origin[data-closed]')) {
        if (other !== origin || kind === 'focusin') delete other.dataset['closed'];
      }
    });
  }
}
