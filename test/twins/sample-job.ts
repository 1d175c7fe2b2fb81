import type { LinkSystem } from '../../schemas/types.ts';
import type { SampleSeeds } from './sample-seeds.ts';

/** Where the four sample systems answer; passwords as references to secrets. */
export interface SampleAddresses {
  readonly erp: { readonly url: string; readonly database: string; readonly user: string; readonly password: string };
  readonly mailer: { readonly url: string; readonly user: string; readonly password: string };
  readonly helpdesk: { readonly url: string; readonly user: string; readonly password: string };
  readonly workbook: string;
}

/** The people of the sample whom the main job is about: each is known to several systems. */
export interface SamplePeople {
  readonly unsubscriber: string;
  readonly toErase: string;
  readonly toExport: string;
}

/** The mailing list of the sample. */
export const sampleList = { id: 'news.example.test', address: 'news@example.test' } as const;

/** E-mail addresses of people whom ERP, mailer and workbook know, in seed order: those whom the helpdesk knows too, and the others. */
export function wellKnown({ erp, mailer, helpdesk, sheet }: SampleSeeds): {
  readonly everywhere: string[];
  readonly notInHelpdesk: string[];
} {
  const inMailer = new Map(mailer.filter(({ optedOut }) => !optedOut).map(({ truth, email }) => [truth, email.toLowerCase()]));
  const withEmail = new Set(erp.filter(({ kind, emails }) => kind === 'person' && emails.length > 0).map(({ truth }) => truth));
  const inHelpdesk = new Set(helpdesk.map(({ truth }) => truth));
  const known = sheet.filter(
    ({ truth, email, noAdvertising }) => email !== undefined && !noAdvertising && withEmail.has(truth) && inMailer.has(truth),
  );
  const emails = (where: boolean) =>
    known.filter(({ truth }) => inHelpdesk.has(truth) === where).flatMap(({ truth }) => inMailer.get(truth) ?? []);
  return { everywhere: emails(true), notInHelpdesk: emails(false) };
}

/** The four linked systems and the people that the main job acts on. @throws RangeError when the world is too small for three of them */
export function sampleJob(
  seeds: SampleSeeds,
  { erp, mailer, helpdesk, workbook }: SampleAddresses,
): { readonly links: readonly LinkSystem[]; readonly mailerId: string; readonly people: SamplePeople } {
  const { everywhere, notInHelpdesk } = wellKnown(seeds);
  const [unsubscriber, toExport] = everywhere;
  // a helpdesk keeps old values in its history until its host removes them: such an erasure waits for a person
  const [toErase] = notInHelpdesk;
  if (unsubscriber === undefined || toErase === undefined || toExport === undefined)
    throw new RangeError('the sample world is too small');
  const links: LinkSystem[] = [
    {
      id: 'erp',
      connector: 'tryton',
      title: 'ERP (Tryton)',
      sourceRank: 10,
      config: { url: erp.url, database: erp.database, user: erp.user, secrets: { password: erp.password } },
    },
    {
      id: 'mailer',
      connector: 'mailman',
      title: 'Mailer (Mailman)',
      sourceRank: 40,
      config: {
        url: mailer.url,
        user: mailer.user,
        lists: [{ id: sampleList.id, purpose: 'marketing' }],
        secrets: { password: mailer.password },
      },
    },
    {
      id: 'helpdesk',
      connector: 'request-tracker',
      title: 'Helpdesk (Request Tracker)',
      sourceRank: 30,
      config: { url: helpdesk.url, user: helpdesk.user, secrets: { password: helpdesk.password } },
    },
    {
      id: 'sheet',
      connector: 'spreadsheet',
      title: 'Old leads (workbook)',
      sourceRank: 20,
      config: { path: workbook, key: 'Código' },
    },
  ];
  return { links, mailerId: 'mailer', people: { unsubscriber, toErase, toExport } };
}

/** One person leaves the list, as they would by the link in a mail. */
export async function unsubscribeInMailman(
  mailer: { readonly url: string; readonly user: string; readonly password: string },
  email: string,
): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(`${mailer.user}:${mailer.password}`).toString('base64')}` };
  const form = new URLSearchParams({ list_id: sampleList.id, subscriber: email, role: 'member' });
  const found = await fetch(`${mailer.url}/members/find`, { method: 'POST', headers, body: form });
  const { entries = [] } = (await found.json()) as { readonly entries?: readonly { readonly self_link: string }[] };
  for (const { self_link: link } of entries) await fetch(link, { method: 'DELETE', headers });
}
