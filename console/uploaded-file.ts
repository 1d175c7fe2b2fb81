import type { ConsoleContext } from './context.ts';

/** A file of the form that was sent, as the command API takes one; undefined when none was chosen. */
export async function fileOf(
  c: ConsoleContext,
  name: string,
): Promise<{ readonly mediaType: string; readonly content: string } | undefined> {
  const file = c.get('form')[name];
  if (!(file instanceof File) || file.size === 0) return undefined;
  const mediaType = file.type === '' ? 'application/octet-stream' : file.type;
  return { mediaType, content: Buffer.from(await file.arrayBuffer()).toString('base64') };
}
