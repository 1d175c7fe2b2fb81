import type { Client } from '@temporalio/client';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { FichaError } from '../../domain/record/error.ts';

const isPayload = (value: object): value is Payload => 'metadata' in value && 'data' in value;

/** What the server itself or the SDK writes (markers, search attributes) is not ours to seal. */
export const isSealed = ({ metadata }: Payload): boolean =>
  Buffer.from(metadata?.['encoding'] ?? []).toString() === 'binary/encrypted';

const unsealed = async (left: Promise<Payload[]>, codec: PayloadCodec): Promise<Payload[]> => await codec.decode(await left);

/** Every payload somewhere in a value. */
export function payloadsIn(value: unknown): readonly Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return isPayload(value) ? [value] : Object.values(value).flatMap(payloadsIn);
}

export interface DecodedHistory {
  /** What the keys that are left open. */
  readonly opened: readonly string[];
  /** What was never sealed: markers and the like. */
  readonly plain: readonly string[];
  /** How many payloads no key opens any more. */
  readonly shredded: number;
}

const asText = ({ data }: Payload): string => Buffer.from(data ?? []).toString('utf8');

/** What the histories of workflows and of their children say to whoever has the keys that are left. */
export async function decodedHistory(
  client: Client,
  { payloadCodecs = [] }: DataConverter,
  ids: readonly string[],
): Promise<DecodedHistory> {
  const [opened, plain]: [string[], string[]] = [[], []];
  let shredded = 0;
  for (const id of ids) {
    const all = client.workflow.list({ query: `WorkflowId = '${id}' OR WorkflowId STARTS_WITH '${id}/'` });
    for await (const { workflowId, runId } of all) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      for (const payload of payloadsIn(history)) {
        if (!isSealed(payload)) plain.push(asText(payload));
        else {
          const decoded = await payloadCodecs.reduceRight(unsealed, Promise.resolve([payload])).catch((error: unknown) => {
            if (error instanceof FichaError && error.code === 'payload-shredded') return undefined;
            throw error;
          });
          if (decoded === undefined) shredded += 1;
          else opened.push(...decoded.map(asText));
        }
      }
    }
  }
  return { opened, plain, shredded };
}
