/** One line of progress for the person at the terminal. Counts and names of parts only. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
