/** How far a sync run is. */
export interface Counts {
  readonly pulled: number;
  readonly changed: number;
  readonly rejected: number;
}

/** What the bar needs of a stream. */
export interface BarStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const barWidth = 24;
/** Where nobody looks at a terminal, one line in so many milliseconds. */
const lineEveryMs = 10_000;

/** `1:05`: minutes and seconds; hours before them when there are. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/**
 * One line of progress: counts, rate, and the time left where it is known about how many there are.
 * @param expected records that a full run will list, about; 0 when nobody knows
 * @param seconds since the first record
 */
export function syncLine({ pulled, changed, rejected }: Counts, expected: number, seconds: number): string {
  const rate = seconds > 0 ? pulled / seconds : 0;
  const counts = `${pulled} pulled, ${changed} changed, ${rejected} kept aside, ${Math.round(rate)}/s`;
  if (expected <= 0 || pulled > expected) return counts;
  const done = Math.floor((pulled / expected) * barWidth);
  const left = rate > 0 ? `, about ${clockOf((expected - pulled) / rate)} left` : '';
  return `[${'#'.repeat(done)}${'-'.repeat(barWidth - done)}] ${counts}${left}`;
}

/** Shows progress on a stream: in place on a terminal, lines without control characters anywhere else. */
export function createSyncBar(to: BarStream, expected: number, now: () => number) {
  const started = now();
  let said = started;
  return {
    show(counts: Counts): void {
      const line = syncLine(counts, expected, (now() - started) / 1_000);
      if (to.isTTY === true) to.write(`\r\u001B[K${line}`);
      else if (now() - said >= lineEveryMs) {
        said = now();
        to.write(`${line}\n`);
      }
    },
    end(): void {
      if (to.isTTY === true) to.write('\n');
    },
  };
}
