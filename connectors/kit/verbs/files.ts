import { FichaError } from '../../../domain/record/error.ts';
import type { FilesRule } from '../../../schemas/types.ts';
import type { HeldFile, HeldFiles } from '../contract.ts';
import { listPages } from '../list-pages.ts';
import { callOf } from '../request-step.ts';
import { textAt, valueAt } from '../value-path.ts';
import type { Opened } from './read-record.ts';

const unknownType = 'application/octet-stream';

const isElsewhere = ({ elsewhere }: FilesRule, item: unknown): boolean => {
  if (elsewhere === undefined) return false;
  const value = valueAt(item, elsewhere.path);
  const begins = elsewhere.startsWith !== undefined && typeof value === 'string' && value.startsWith(elsewhere.startsWith);
  return begins || (elsewhere.values ?? []).some((one) => one === value);
};

const ownerOf = ({ of: rule }: FilesRule, item: unknown): HeldFile['of'] => {
  if (rule === undefined) return null;
  const named = textAt(item, rule.path) ?? '';
  const kind = rule.values[named];
  const id = textAt(item, rule.id);
  return kind === undefined || id === undefined ? null : { kind, externalId: `${rule.prefixes?.[named] ?? ''}${id}` };
};

const sizeOf = ({ size }: FilesRule, item: unknown): number | null => {
  const value = size === undefined ? undefined : Number(textAt(item, size));
  return value === undefined || Number.isNaN(value) ? null : value;
};

/** The files of a system as its manifest lists and reads them. */
export function filesOf({ manifest, context }: Opened, rule: FilesRule): HeldFiles {
  const { send, config, now } = context;
  const typeAt = (item: unknown): string =>
    (rule.mediaType === undefined ? undefined : textAt(item, rule.mediaType)) ?? unknownType;
  return {
    async *list() {
      for await (const { items } of listPages(rule.list, send, null, { version: 1, scope: { config }, now })) {
        for (const item of items) {
          const id = textAt(item, rule.id);
          if (id === undefined)
            throw new FichaError('file-without-id', `${manifest.name} lists a file without "${rule.id}"; check \`files.id\``);
          yield {
            id,
            of: ownerOf(rule, item),
            name: textAt(item, rule.name) ?? '',
            mediaType: typeAt(item),
            size: sizeOf(rule, item),
            ...(isElsewhere(rule, item) ? { elsewhere: true } : {}),
          };
        }
      }
    },
    async read(id) {
      const { base64, name: nameAt, ...request } = rule.read;
      const file = { id, ...(/^\d{1,15}$/.test(id) ? { idNumber: Number(id) } : {}) };
      const call = { ...callOf(request, { config, file }), reads: true, expect: [404, 410] };
      const { status, body, headers } = await send(base64 === undefined ? { ...call, bytes: true } : call);
      if (status === 404 || status === 410) return undefined;
      const mediaType = headers['content-type'] ?? unknownType;
      if (base64 === undefined) return { name: id, mediaType, bytes: body as Uint8Array }; // asked for as bytes
      const text = valueAt(body, base64);
      const name = (nameAt === undefined ? undefined : textAt(body, nameAt)) ?? id;
      if (typeof text !== 'string') return undefined;
      return { name, mediaType: unknownType, bytes: Buffer.from(text, 'base64') };
    },
  };
}
