import { parse } from 'tldts';
import { isPlaceholderEmail } from './placeholder.ts';

/** An e-mail address in the forms that are stored, looked up and compared. */
export interface NormalisedEmail {
  /** Trimmed, lower case, domain in ASCII: what is stored and looked up. */
  readonly value: string;
  /** Without +tag: tags are the owner's own marks. */
  readonly untagged: string;
  /** Without +tag, without dots where the provider ignores them, one domain of a provider for all: for comparison only. */
  readonly comparison: string;
  readonly local: string;
  readonly domain: string;
  /** A mailbox of a role and not of a person: info@, ventas@... */
  readonly isRole: boolean;
  /** A domain where anybody gets an address, so that it says nothing of a company. */
  readonly isFreeProvider: boolean;
}

const shape = /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@<>(),;:"]+$/;
/** One mailbox under several domains of its provider. */
const sameProvider: ReadonlyMap<string, string> = new Map([
  ['googlemail.com', 'gmail.com'],
  ['me.com', 'icloud.com'],
  ['mac.com', 'icloud.com'],
  ['protonmail.com', 'proton.me'],
  ['protonmail.ch', 'proton.me'],
  ['pm.me', 'proton.me'],
  ['yandex.com', 'yandex.ru'],
  ['ya.ru', 'yandex.ru'],
]);
/** Providers to whom a.na and ana are one mailbox; Proton ignores hyphens and underscores too. */
const dotless = new Set(['gmail.com', 'proton.me']);
const freeProviders = new Set(
  (
    'gmail.com googlemail.com hotmail.com hotmail.es hotmail.it hotmail.fr outlook.com outlook.es outlook.it outlook.fr live.com msn.com ' +
    'yahoo.com yahoo.es yahoo.it yahoo.fr icloud.com me.com aol.com gmx.com gmx.es gmx.fr proton.me protonmail.com telefonica.net ' +
    'hotmail.co.uk outlook.pt hotmail.de outlook.de live.fr live.it live.co.uk yahoo.co.uk yahoo.de yahoo.pt ymail.com rocketmail.com mail.com mail.ru ' +
    'gmx.de gmx.net gmx.at gmx.it web.de t-online.de freenet.de mac.com pm.me protonmail.ch tutanota.com tuta.com zoho.com fastmail.com yandex.com ' +
    'yandex.ru btinternet.com sky.com virginmedia.com comcast.net verizon.net att.net sbcglobal.net cox.net movistar.es ono.com vodafone.es jazztel.es ' +
    'euskaltel.net inbox.it inwind.it iol.it katamail.com fastwebnet.it poste.it email.it hotmail.be skynet.be neuf.fr bbox.fr numericable.fr ' +
    'club-internet.fr voila.fr aliceadsl.fr cegetel.net sapo.pt clix.pt netcabo.pt iol.pt ' +
    'libero.it virgilio.it alice.it tiscali.it tin.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr orange.es terra.es'
  ).split(' '),
);
const roles = new Set(
  (
    'info contact contacto contatto contatti hello hola ciao bonjour admin administracion amministrazione administration office oficina ufficio bureau ' +
    'ventas vendite ventes sales comercial commerciale compras acquisti achats facturacion fatturazione facturation billing invoices invoice ' +
    'contabilidad contabilita comptabilite accounting soporte supporto support help ayuda aiuto aide servicio service servizio atencion ' +
    'clientes clienti clients customers marketing newsletter noreply no-reply nospam postmaster webmaster hostmaster abuse legal privacy dpo rrhh hr ' +
    'recepcion reception accueil segreteria secretaria secretariat mail email correo posta jobs empleo lavoro emploi press prensa stampa presse team equipo'
  ).split(' '),
);

/**
 * One e-mail address from what somebody wrote, with or without a name around it; undefined when it is none or a placeholder.
 * @see RFC 5321 4.1.2 for the shape, RFC 5890 for names in other alphabets
 */
export function normaliseEmail(written: string): NormalisedEmail | undefined {
  const value = storedEmail(written);
  if (value === undefined) return undefined;
  const at = value.lastIndexOf('@');
  const [local, domain] = [value.slice(0, at), value.slice(at + 1)];
  const untagged = local.includes('+') ? local.split('+', 1)[0] || local : local;
  const provider = sameProvider.get(domain) ?? domain;
  const bare = dotless.has(provider) ? untagged.replaceAll(provider === 'proton.me' ? /[._-]/g : '.', '') : untagged;
  // the same text is kept once: there are millions of them
  const withoutTag = untagged === local ? value : `${untagged}@${domain}`;
  const isAsWritten = provider === domain && (bare === untagged || bare === '');
  return {
    value,
    untagged: withoutTag,
    comparison: isAsWritten ? withoutTag : `${bare === '' ? untagged : bare}@${provider}`,
    local,
    domain,
    isRole: isRoleMailbox(untagged),
    isFreeProvider: freeProviders.has(domain),
  };
}

/** `value` of `normaliseEmail` alone, at half the cost. */
export function storedEmail(written: string): string | undefined {
  const text = tidy.test(written) ? written : tidied(written);
  if (!shape.test(text) || text.length > 320 || isPlaceholderEmail(text)) return undefined;
  const at = text.lastIndexOf('@');
  const typedDomain = text.slice(at + 1);
  const domain = asciiDomain(typedDomain);
  if (domain === undefined) return undefined;
  return domain === typedDomain ? text : `${text.slice(0, at)}@${domain}`;
}

/** Written as it is stored, like nearly all. */
const tidy = /^[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]*[a-z0-9]$/;

const tidied = (written: string): string =>
  (/<([^<>]+)>\s*$/.exec(written)?.[1] ?? written)
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/[.,;]+$/, '')
    .normalize('NFKC')
    .toLowerCase();

function isRoleMailbox(local: string): boolean {
  const end = local.search(/[._-]/);
  if (end < 0) return roles.has(local);
  return roles.has(local.slice(0, end)) || roles.has(local.replaceAll(/[._]/g, ''));
}

/** The registrable domain of a web address or host, where it belongs to one company. */
export function companyDomain(written: string): string | undefined {
  const found = parse(written.trim().toLowerCase()).domain;
  return found === null || freeProviders.has(found) ? undefined : found;
}

function asciiDomain(domain: string): string | undefined {
  if (freeProviders.has(domain)) return domain;
  const ascii = /^[\x20-\x7e]+$/.test(domain) ? domain : toAscii(domain);
  return ascii !== undefined && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(ascii) ? ascii : undefined;
}

function toAscii(domain: string): string | undefined {
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined;
}
