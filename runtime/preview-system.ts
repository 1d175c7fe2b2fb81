import type { StreamPreview, SystemPreview } from '../api/context.ts';
import type { LinkedSystem, PullPage } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';

const mostExamples = 3;

const isFilled = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

const counted = (names: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
};

function previewOf(stream: string, { records, rejected, last }: PullPage): StreamPreview {
  const filled = records.flatMap(({ canonical }) =>
    Object.entries(canonical as object).flatMap(([field, value]) => (isFilled(value) ? [field] : [])),
  );
  const reasons = counted(rejected.map(({ reasonCode, reason }) => JSON.stringify([reasonCode, reason])));
  return {
    stream,
    records: records.length,
    more: !last,
    fields: counted(filled).map(([field, count]) => ({ field, filled: count })),
    rejected: reasons.map(([key, count]) => {
      const [code, reason] = JSON.parse(key) as readonly [string, string]; // written three lines above
      return { code, reason, count };
    }),
    examples: records
      .filter(({ kind }) => kind === 'person' || kind === 'company')
      .slice(0, mostExamples)
      .map(({ canonical }) => canonical as Readonly<Record<string, unknown>>), // an object, by the schema of its kind
    trouble: null,
  };
}

async function firstPage(system: LinkedSystem, stream: string): Promise<StreamPreview> {
  const empty = { stream, records: 0, more: false, fields: [], rejected: [], examples: [], trouble: null };
  try {
    for await (const page of system.pull(stream, null)) return previewOf(stream, page);
    return empty;
  } catch (error) {
    if (!(error instanceof FichaError)) throw error;
    return { ...empty, trouble: { code: error.code, say: error.message } };
  }
}

/** Reads the first page of every stream of a system, and closes it. Nothing is kept here and nothing is written there. */
export async function previewSystem(system: LinkedSystem): Promise<SystemPreview> {
  try {
    const streams: StreamPreview[] = [];
    for (const stream of system.capabilities.streams) streams.push(await firstPage(system, stream));
    return { streams };
  } finally {
    await system.close();
  }
}
