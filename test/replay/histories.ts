import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;

/** What a workflow did, as its server kept it; payloads sealed under the master key of the tests. */
export interface KeptHistory {
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const ending = '.gz';

/** Every history that was kept, of every version of the workflows, by its name. A file is the workflow's id, a line's end, the history. */
export const keptHistories = (): ReadonlyMap<string, KeptHistory> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => {
        const bytes = gunzipSync(readFileSync(`${folder}${name}`));
        const end = bytes.indexOf('\n');
        const workflowId = bytes.subarray(0, end).toString('utf8');
        return [name.replace(ending, ''), { workflowId, history: History.decode(bytes.subarray(end + 1)) }];
      }),
  );

/** Keeps a history under a name that says what it is and of which version. */
export function keepHistory(name: string, { workflowId, history }: KeptHistory): void {
  const bytes = Buffer.concat([Buffer.from(`${workflowId}\n`), History.encode(history).finish()]);
  writeFileSync(`${folder}${name}${ending}`, gzipSync(bytes, { level: 9 }));
}
