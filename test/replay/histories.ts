import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';
import { encryptingCodec } from '../../platform/codec.ts';
import { isSealed, payloadsIn } from '../privacy-harness/decoded-history.ts';
import { testKeyRing } from '../support/keys.ts';
import { testPayloadKeys } from '../support/payload-keys.ts';

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

/** The same history with every payload under the master key of the tests: the key of its request goes with its database. */
export async function openToTests({ workflowId, history }: KeptHistory): Promise<KeptHistory> {
  const from = encryptingCodec(testKeyRing(), testPayloadKeys);
  const to = encryptingCodec(testKeyRing());
  const copy = History.decode(History.encode(history).finish());
  for (const payload of payloadsIn(copy).filter(isSealed))
    Object.assign(payload, (await to.encode(await from.decode([payload])))[0]);
  return { workflowId, history: copy };
}

/** Keeps a history under a name that says what it is and of which version. */
export function keepHistory(name: string, { workflowId, history }: KeptHistory): void {
  const bytes = Buffer.concat([Buffer.from(`${workflowId}\n`), History.encode(history).finish()]);
  writeFileSync(`${folder}${name}${ending}`, gzipSync(bytes, { level: 9 }));
}
