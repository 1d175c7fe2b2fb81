/** Shows moments in the zone of whoever reads; without a script they stand there in UTC. */
export function showLocalTimes(within: ParentNode): void {
  const { lang } = document.documentElement;
  const shown = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { dateStyle: 'medium', timeStyle: 'short' });
  for (const time of within.querySelectorAll<HTMLTimeElement>('time[data-moment]')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = shown.format(at);
  }
}
