import { afterAll, describe, expect, test } from 'vitest';
import { addParty, openOn, trytonServers } from '../../test/support/tryton-server.ts';
import type { HeldFile } from '../kit/contract.ts';

const bytes = (text: string): object => ({ __class__: 'bytes', base64: Buffer.from(text).toString('base64') });

describe.each(await trytonServers())('files on the %s', (_, server) => {
  const { call } = server;
  const system = openOn(server);

  afterAll(async () => {
    await system.close();
    await server.stop();
  });

  const listed = async (): Promise<HeldFile[]> => {
    const all: HeldFile[] = [];
    for await (const file of system.files?.list() ?? []) all.push(file);
    return all;
  };

  test('all are listed with what they hang from, and read; one that is gone is told', async () => {
    const id = await addParty(call, { name: 'Luis Files', emails: ['luis@files.example'] });
    const resource = `party.party,${id}`;
    const [one = 0] = await call<number[]>('model.ir.attachment.create', [
      { resource, name: 'offer.txt', type: 'data', data: bytes('for Ana Quijano') },
      { resource, name: 'elsewhere', type: 'link' },
    ]);
    const own = (await listed()).filter(({ of }) => of?.externalId === resource);
    expect(own.map(({ name, of, elsewhere }) => [name, of?.kind, elsewhere === true])).toEqual([
      ['offer.txt', 'person', false],
      ['elsewhere', 'person', true],
    ]);
    const held = await system.files?.read(String(one));
    expect(Buffer.from(held?.bytes ?? []).toString()).toBe('for Ana Quijano');
    expect(held?.name).toBe('offer.txt');
    await call('model.ir.attachment.delete', [one]);
    expect(await system.files?.read(String(one))).toBeUndefined();
    expect((await listed()).some((file) => file.id === String(one))).toBe(false);
  });
});
