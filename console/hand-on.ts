import { createHash } from 'node:crypto';
import type { ConsoleContext } from './context.ts';

/** What a page that was made to be kept may do in the browser: show itself in its own style, by the hash of it, and nothing else. */
function keptPagePolicy(text: string): string {
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** A file of the command API, handed on as it comes. @param fileName where the API names none, so that the browser keeps it */
export async function handOn(c: ConsoleContext, from: string, fileName?: string): Promise<Response> {
  const { body, headers } = await c.get('view').file(from);
  const named = fileName === undefined ? undefined : `attachment; filename="${fileName}"`;
  const disposition = headers.get('content-disposition') ?? named;
  const mediaType = headers.get('content-type') ?? 'application/octet-stream';
  const kept = mediaType.startsWith('text/html') ? await new Response(body).text() : undefined;
  return new Response(kept ?? body, {
    headers: {
      'content-type': mediaType,
      ...(kept === undefined ? {} : { 'content-security-policy': keptPagePolicy(kept) }),
      ...(disposition === undefined ? {} : { 'content-disposition': disposition }),
      'cache-control': 'no-store',
    },
  });
}
