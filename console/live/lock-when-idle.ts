/** Leaves the page when nobody touched it for as long as the server allows, so that no ficha stands open on an empty desk. */
export function lockWhenIdle(): void {
  const minutes = Number(document.body.dataset['idleMinutes']);
  if (!(minutes > 0)) return;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const begin = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => location.replace('/console/sign-in?why=idle'), minutes * 60_000);
  };
  for (const kind of ['pointerdown', 'keydown', 'scroll']) addEventListener(kind, begin, { passive: true });
  begin();
}
