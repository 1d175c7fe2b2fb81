const msPerMinute = 60_000;

/**
 * Leaves the page when nobody touched it for as long as the server allows, so that no ficha stands open on an empty desk. A minute before,
 * a dialog says so, and any touch stays. While somebody types, the server is told, or it would take a long text for nobody.
 */
export function lockWhenIdle(): void {
  const minutes = Number(document.body.dataset['idleMinutes']);
  const warning = document.querySelector<HTMLDialogElement>('#idle');
  if (!(minutes > 0) || warning === null) return;
  const patienceMs = minutes * msPerMinute;
  const warnMs = patienceMs - Math.min(msPerMinute, patienceMs / 2);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let toldAt = Date.now();
  const leave = (): void => location.replace('/console/sign-in?why=idle');
  const tellServer = async (): Promise<void> => {
    toldAt = Date.now();
    const answer = await fetch('/console/here').catch(() => undefined); // offline: the next touch tries again
    if (answer?.redirected) leave();
  };
  const warn = (): void => {
    warning.showModal();
    waiting = setTimeout(leave, patienceMs - warnMs);
  };
  const begin = (): void => {
    clearTimeout(waiting);
    if (warning.open) warning.close();
    waiting = setTimeout(warn, warnMs);
    if (Date.now() - toldAt > patienceMs / 3) void tellServer();
  };
  for (const kind of ['pointerdown', 'keydown', 'scroll']) addEventListener(kind, begin, { passive: true });
  begin();
}
