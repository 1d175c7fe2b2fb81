import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same number: its number and when it started.
 * @returns undefined when no such process runs (one that has ended and only waits for its parent does not run)
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const started = existsSync('/proc/self/stat') ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : `${pid} ${started}`;
}

/** The identity that a file holds, when its process still runs. */
export function livingProcessOf(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const kept = readFileSync(file, 'utf8').trim();
  const pid = Number(kept.split(' ')[0]);
  return processIdentity(pid) === kept ? pid : undefined;
}

/** `/proc/<pid>/stat`: after the name in brackets come the state and, twentieth, the start in ticks since the machine booted. */
function startedOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function startedElsewhere(pid: number): string | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const started = stdout?.trim().replaceAll(/\s+/g, '-');
  return status === 0 && started ? started : undefined;
}
