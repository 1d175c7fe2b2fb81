import type { Client } from '@temporalio/client';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';

const isPayload = (value: object): value is Payload => 'metadata' in value && 'data' in value;

/** What the server itself or the SDK writes (markers, search attributes) is not ours to seal. */
const isSealed = ({ metadata }: Payload): boolean => Buffer.from(metadata?.['encoding'] ?? []).toString() === 'binary/encrypted';

const unsealed = async (left: Promise<Payload[]>, codec: PayloadCodec): Promise<Payload[]> => await codec.decode(await left);

/** Every payload somewhere in a value. */
function payloadsIn(value: unknown): readonly Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return isPayload(value) ? [value] : Object.values(value).flatMap(payloadsIn);
}

/** What a key that is left opens in the histories of workflows and of their children, as texts. */
export async function decodedTexts(
  client: Client,
  { payloadCodecs = [] }: DataConverter,
  ids: readonly string[],
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const id of ids) {
    const all = client.workflow.list({ query: `WorkflowId = '${id}' OR WorkflowId STARTS_WITH '${id}/'` });
    for await (const { workflowId, runId } of all) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      for (const payload of payloadsIn(history)) {
        const plain = isSealed(payload) ? await payloadCodecs.reduceRight(unsealed, Promise.resolve([payload])) : [payload];
        texts.push(...plain.map(({ data }) => Buffer.from(data ?? []).toString('utf8')));
      }
    }
  }
  return texts;
}
