import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import { problemsInWords, validatorFor } from '../../platform/validate.ts';
import type { ShopWebhook } from '../../schemas/types.ts';
import { type Incoming, type IntakeType, keepIntake } from '../../store/write/privacy-intake.ts';
import type { IntakeDeps, Shop } from './ground.ts';
import { openNow } from './open-waiting.ts';

const typeOf: Readonly<Record<string, IntakeType>> = {
  'customers/data_request': 'access',
  'customers/redact': 'erasure',
  'shop/redact': 'shop-left',
};

const isSigned = (secret: string, body: string, given: string): boolean => {
  const mac = createHmac('sha256', secret).update(body).digest();
  const sent = Buffer.from(given, 'base64');
  return sent.length === mac.length && timingSafeEqual(sent, mac);
};

function readWebhook({ name, domain, system }: Shop, headers: Headers, body: string, now: Date): Incoming {
  const type = typeOf[headers.get('x-shopify-topic') ?? ''];
  if (type === undefined) {
    throw new FichaError('bad-body', `X-Shopify-Topic: send one of ${Object.keys(typeOf).join(', ')} here`);
  }
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch (cause) {
    throw new FichaError('bad-body', 'the body is not JSON', { cause });
  }
  const problems = validatorFor('intake/shop-webhook')(sent);
  if (problems.length > 0) throw new FichaError('bad-body', problemsInWords(problems));
  const { shop_domain, customer } = sent as ShopWebhook; // just checked
  if (shop_domain !== domain) throw new FichaError('bad-body', 'shop_domain: not the shop of this address');
  const { id, email, phone } = customer ?? {};
  const identifiers = [
    ...(email ? [{ kind: 'email' as const, value: email }] : []),
    ...(phone ? [{ kind: 'phone' as const, value: phone }] : []),
    ...(system !== undefined && typeof id === 'number' ? [{ kind: 'external-id' as const, value: `${system}:${id}` }] : []),
  ];
  if (type !== 'shop-left' && identifiers.length === 0) {
    throw new FichaError('bad-body', 'customer: has neither e-mail nor phone, nor an id of a linked system');
  }
  return {
    way: 'shop',
    caller: name,
    callerRef: headers.get('x-shopify-webhook-id') ?? createHash('sha256').update(body).digest('hex'),
    type,
    receivedAt: now,
    content: { identifiers, ...(system === undefined ? {} : { systemId: system }) },
  };
}

/**
 * POST /shops/:name: the privacy webhooks that Shopify demands of every app. Kept before it is answered 200; the same webhook again
 * is known. A customer who asks for data opens an access, one to redact an erasure; a shop that left waits for the
 * data-protection officer.
 * @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
 */
export function shopRoutes(deps: IntakeDeps, shops: ReadonlyMap<string, Shop>): Hono {
  const { db, keys, now, log } = deps;
  const app = new Hono();
  app.post('/:name', async (c) => {
    const shop = shops.get(c.req.param('name'));
    const body = await c.req.text();
    if (shop === undefined || !isSigned(shop.secret, body, c.req.header('x-shopify-hmac-sha256') ?? '')) {
      throw new FichaError('not-signed', 'X-Shopify-Hmac-Sha256 does not fit a shop of ours');
    }
    const { id } = await db.transaction((tx) => keepIntake(tx, keys, readWebhook(shop, c.req.raw.headers, body, now())));
    await openNow(deps, id);
    return c.json({ received: true }, 200);
  });
  app.onError((error, c) => {
    if (error instanceof FichaError && error.retry === 'never') {
      return c.json({ code: error.code, message: error.message }, error.code === 'not-signed' ? 401 : 400);
    }
    log.error({ err: error }, 'a webhook of a shop failed');
    return c.json({ code: 'internal', message: 'internal: something failed here; send it again later' }, 500);
  });
  return app;
}
