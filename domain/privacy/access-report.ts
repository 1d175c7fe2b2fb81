import type { AccessReport, PortabilityPackage, PrivacyPolicy } from '../../schemas/types.ts';
import type { PageLanguage } from './certificate-content.ts';

export interface AccessParts {
  readonly systems: readonly { readonly systemId: string; readonly title: string; readonly records: readonly unknown[] }[];
  readonly records: PortabilityPackage['records'];
  /** Where the client was first met, as far as Ficha knows. */
  readonly acquisitionSource: string | null;
  /** Where the systems keep their data, by the id of the system. */
  readonly places: ReadonlyMap<string, Pick<AccessReport['keptIn'][number], 'regions' | 'safeguard'>>;
  /** Other controllers that were given data of the person. */
  readonly handedTo: readonly string[];
  readonly controller: PrivacyPolicy['controller'];
  readonly language: PageLanguage;
}

const categoryWords: Readonly<Record<PageLanguage, Readonly<Record<string, string>>>> = {
  es: {
    person: 'identificación y contacto',
    sale: 'ventas y facturas',
    interaction: 'llamadas, mensajes y notas',
    consent: 'consentimientos',
    document: 'documentos',
    company: 'empresa',
  },
  it: {
    person: 'identificazione e contatto',
    sale: 'vendite e fatture',
    interaction: 'chiamate, messaggi e note',
    consent: 'consensi',
    document: 'documenti',
    company: 'azienda',
  },
  fr: {
    person: 'identification et contact',
    sale: 'ventes et factures',
    interaction: 'appels, messages et notes',
    consent: 'consentements',
    document: 'documents',
    company: 'société',
  },
  en: {
    person: 'identification and contact',
    sale: 'sales and invoices',
    interaction: 'calls, messages and notes',
    consent: 'consents',
    document: 'documents',
    company: 'company',
  },
};

const fromSystems: Readonly<Record<PageLanguage, string>> = {
  es: 'recogidos de usted a través de',
  it: 'raccolti presso di Lei tramite',
  fr: 'recueillies auprès de vous par',
  en: 'collected from you through',
};

const nothingHeld: Readonly<Record<PageLanguage, string>> = {
  es: 'no tenemos datos suyos',
  it: 'non abbiamo Suoi dati',
  fr: 'nous n’avons aucune donnée vous concernant',
  en: 'we hold no data of yours',
};

/**
 * The eight items of GDPR art. 15(1)(a)-(h) and the safeguards of 15(2), beside the copy of 15(3). Recipients are the actual ones. A system that holds nothing
 * of the person is no recipient.
 * @see CJEU C-154/21
 */
export function accessReport({
  systems,
  records,
  acquisitionSource,
  places,
  handedTo,
  controller,
  language,
}: AccessParts): AccessReport {
  const kinds = [...new Set(records.map(({ kind }) => kind))].sort();
  const holding = systems.filter((system) => system.records.length > 0);
  const held = holding.map(({ title }) => title);
  const recipients = [...new Set([...held, ...handedTo])];
  const sources = [...held, ...(acquisitionSource === null ? [] : [acquisitionSource])];
  const said = (text: PrivacyPolicy['controller']['purposes']): string => text[language];
  return {
    language,
    purposes: said(controller.purposes),
    categories: kinds.map((kind) => categoryWords[language][kind] ?? kind),
    recipients,
    retention: said(controller.retention),
    rights: said(controller.rights),
    complaint: said(controller.complaint),
    source: sources.length === 0 ? nothingHeld[language] : `${fromSystems[language]} ${sources.join(', ')}`,
    automatedDecisions: said(controller.automatedDecisions),
    transfers: said(controller.transfers),
    keptIn: holding.map(({ systemId, title }) => ({
      recipient: title,
      ...(places.get(systemId) ?? { regions: [], safeguard: null }),
    })),
  };
}

const byCountry: Readonly<Record<string, PageLanguage>> = { ES: 'es', IT: 'it', FR: 'fr' };

/** The language in which a person of this country is answered. */
export const languageOf = (country: string | null): PageLanguage => byCountry[country ?? 'ES'] ?? 'en';
