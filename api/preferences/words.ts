/** Languages of the pages that people see. */
export const pageLanguages = ['es', 'it', 'fr', 'en'] as const;

export type PageLanguage = (typeof pageLanguages)[number];

/** Every text of the preference page. */
export interface PageWords {
  readonly title: string;
  readonly intro: string;
  readonly yes: string;
  readonly no: string;
  readonly save: string;
  readonly stopAll: string;
  readonly saved: string;
  readonly unknownLink: string;
  readonly expiredLink: string;
  /** Before the purposes that nobody is asked about. */
  readonly always: string;
  readonly confirmTitle: string;
  readonly confirm: string;
  readonly confirmed: string;
  readonly channels: Readonly<Record<string, string>>;
}

/** Changes with every change of a text below: it goes into the ledger as what the person was shown. */
export const wordsVersion = 'preference-page-2';

export const pageWords: Readonly<Record<PageLanguage, PageWords>> = {
  es: {
    title: 'Tus preferencias de contacto',
    intro:
      'Elige para qué y cómo podemos escribirte. Puedes cambiarlo cuando quieras; decir que no es tan fácil como decir que sí.',
    yes: 'Sí, acepto',
    no: 'No',
    save: 'Guardar',
    stopAll: 'No quiero recibir ninguna publicidad',
    saved: 'Guardado. Lo comunicamos ahora a todos nuestros sistemas.',
    unknownLink: 'Este enlace no es válido. Copia el enlace completo del correo, o pídenos uno nuevo.',
    expiredLink: 'Este enlace ha caducado. Usa el de un correo más reciente, o pídenos uno nuevo.',
    always: 'Siempre recibirás, porque no dependen de tu permiso:',
    confirmTitle: 'Confirma tu permiso',
    confirm: 'Sí, confirmo',
    confirmed: 'Confirmado. Gracias.',
    channels: {
      email: 'por correo electrónico',
      sms: 'por SMS',
      phone: 'por teléfono',
      post: 'por correo postal',
      messaging: 'por mensajería',
    },
  },
  it: {
    title: 'Le tue preferenze di contatto',
    intro: 'Scegli perché e come possiamo scriverti. Puoi cambiare idea quando vuoi; dire di no è facile come dire di sì.',
    yes: 'Sì, accetto',
    no: 'No',
    save: 'Salva',
    stopAll: 'Non voglio ricevere alcuna pubblicità',
    saved: 'Salvato. Lo comunichiamo ora a tutti i nostri sistemi.',
    unknownLink: 'Questo link non è valido. Copia il link intero dall’e-mail, oppure chiedine uno nuovo.',
    expiredLink: 'Questo link è scaduto. Usa quello di un’e-mail più recente, oppure chiedine uno nuovo.',
    always: 'Riceverai sempre, perché non dipendono dal tuo consenso:',
    confirmTitle: 'Conferma il tuo consenso',
    confirm: 'Sì, confermo',
    confirmed: 'Confermato. Grazie.',
    channels: { email: 'per e-mail', sms: 'per SMS', phone: 'per telefono', post: 'per posta', messaging: 'per messaggio' },
  },
  fr: {
    title: 'Vos préférences de contact',
    intro:
      'Choisissez pourquoi et comment nous pouvons vous écrire. Vous pouvez changer à tout moment ; dire non est aussi simple que dire oui.',
    yes: 'Oui, j’accepte',
    no: 'Non',
    save: 'Enregistrer',
    stopAll: 'Je ne veux recevoir aucune publicité',
    saved: 'Enregistré. Nous le transmettons maintenant à tous nos systèmes.',
    unknownLink: 'Ce lien n’est pas valable. Copiez le lien entier du message, ou demandez-en un nouveau.',
    expiredLink: 'Ce lien a expiré. Utilisez celui d’un message plus récent, ou demandez-en un nouveau.',
    always: 'Vous recevrez toujours, car cela ne dépend pas de votre accord :',
    confirmTitle: 'Confirmez votre accord',
    confirm: 'Oui, je confirme',
    confirmed: 'Confirmé. Merci.',
    channels: { email: 'par e-mail', sms: 'par SMS', phone: 'par téléphone', post: 'par courrier', messaging: 'par messagerie' },
  },
  en: {
    title: 'Your contact preferences',
    intro: 'Choose why and how we may write to you. You can change this at any time; saying no is as easy as saying yes.',
    yes: 'Yes, I agree',
    no: 'No',
    save: 'Save',
    stopAll: 'I want no advertising at all',
    saved: 'Saved. We are telling all our systems now.',
    unknownLink: 'This link is not valid. Copy the whole link from the message, or ask us for a new one.',
    expiredLink: 'This link has expired. Use the one in a newer message, or ask us for a new one.',
    always: 'You will always receive, since they do not depend on your permission:',
    confirmTitle: 'Confirm your permission',
    confirm: 'Yes, I confirm',
    confirmed: 'Confirmed. Thank you.',
    channels: {
      email: 'by e-mail',
      sms: 'by text message',
      phone: 'by telephone',
      post: 'by post',
      messaging: 'by messaging app',
    },
  },
};

/** The language asked for, else the first of Accept-Language that there is, else English. */
export function pageLanguage(asked: string | undefined, accepted: string | undefined): PageLanguage {
  const wanted = [asked ?? '', ...(accepted ?? '').split(',')].map((one) => one.trim().slice(0, 2).toLowerCase());
  for (const one of wanted) {
    const known = pageLanguages.find((language) => language === one);
    if (known !== undefined) return known;
  }
  return 'en';
}
