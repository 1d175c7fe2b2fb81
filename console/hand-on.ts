import type { ConsoleContext } from './context.ts';

/** A file of the command API, handed on as it comes. @param fileName where the API names none, so that the browser keeps it */
export async function handOn(c: ConsoleContext, from: string, fileName?: string): Promise<Response> {
  const { body, headers } = await c.get('view').file(from);
  const named = fileName === undefined ? undefined : `attachment; filename="${fileName}"`;
  const disposition = headers.get('content-disposition') ?? named;
  return new Response(body, {
    headers: {
      'content-type': headers.get('content-type') ?? 'application/octet-stream',
      ...(disposition === undefined ? {} : { 'content-disposition': disposition }),
      'cache-control': 'no-store',
    },
  });
}
