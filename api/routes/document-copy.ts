import type { Hono } from 'hono';
import { mayReadCategory } from '../../domain/access/category.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeepDocument } from '../../schemas/types.ts';
import { recordLook } from '../../store/access-log.ts';
import { dropDocumentCopy, keepDocumentCopy, readDocumentCopy } from '../../store/write/document-copies.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * PUT /v1/documents/:id/copy keeps a copy of a document, sealed; GET hands it out after the look is logged, and not when that fails;
 * DELETE takes the copy away. The id is `Document.id` of GraphQL.
 */
export function documentCopyRoutes(app: Hono<CommandEnv>, { db, keys, now, accessor }: CommandDeps): void {
  app.put('/v1/documents/:id/copy', async (c) => {
    const { subject: by } = demand(c, 'keep-document');
    const { mediaType, content } = await bodyOf<KeepDocument>(c, 'keep-document');
    const documentId = c.req.param('id');
    const copy = { documentId, by, at: now(), mediaType, bytes: Buffer.from(content, 'base64') };
    const { sha256 } = await db.transaction((tx) => keepDocumentCopy(tx, keys, copy));
    return c.json({ documentId, size: copy.bytes.length, sha256 }, 201);
  });
  app.get('/v1/documents/:id/copy', async (c) => {
    const { subject: actor, roles } = demand(c, 'keep-document');
    if (!mayReadCategory({ roles }, 'document')) throw new FichaError('not-allowed', 'your role may not read documents');
    const { clientId, mediaType, bytes } = await readDocumentCopy(db, keys, c.req.param('id'));
    await recordLook(accessor, { actor, role: roles.join('+'), clientIds: [clientId], purpose: 'document' });
    return c.body(new Uint8Array(bytes), 200, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox', // whatever was uploaded runs nothing
      'content-type': mediaType,
      'content-disposition': 'attachment; filename="document"',
    });
  });
  app.delete('/v1/documents/:id/copy', async (c) => {
    const { subject: by } = demand(c, 'keep-document');
    await db.transaction((tx) => dropDocumentCopy(tx, { documentId: c.req.param('id'), by, at: now() }));
    return c.json({ documentId: c.req.param('id') }, 200);
  });
}
