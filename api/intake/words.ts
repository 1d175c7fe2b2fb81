import type { PageLanguage } from '../preferences/words.ts';

/** What a person can ask for by the form. */
export const formTypes = ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection'] as const;

export type FormType = (typeof formTypes)[number];

export const isFormType = (text: string): text is FormType => formTypes.some((type) => type === text);

/** What can be corrected by the form. */
export const formFields = ['name', 'email', 'phone', 'address', 'other'] as const;

/** Every text of the request form and its mail. */
export interface FormWords {
  readonly title: string;
  readonly intro: string;
  readonly types: Readonly<Record<FormType, { readonly title: string; readonly text: string }>>;
  readonly email: string;
  readonly emailHint: string;
  readonly emailWrong: string;
  readonly field: string;
  readonly fields: Readonly<Record<(typeof formFields)[number], string>>;
  readonly old: string;
  readonly new: string;
  readonly newMissing: string;
  readonly send: string;
  readonly back: string;
  readonly sent: string;
  readonly tooMany: string;
  readonly failed: string;
  readonly confirm: string;
  readonly confirmText: string;
  readonly confirmed: string;
  readonly deadLink: string;
  readonly mailSubject: string;
  /** `{what}` and `{link}` and `{days}` are put in. */
  readonly mailText: string;
}

export const formWords: Readonly<Record<PageLanguage, FormWords>> = {
  es: {
    title: 'Tus derechos sobre tus datos',
    intro:
      'Elige qué quieres pedir. No hace falta cuenta ni copia del documento de identidad: basta con abrir un enlace que te enviamos por correo.',
    types: {
      access: { title: 'Una copia de mis datos', text: 'Qué datos tenemos de ti, para qué y quién los recibe.' },
      rectification: { title: 'Corregir un dato', text: 'Algo que tenemos mal o incompleto.' },
      erasure: { title: 'Borrar mis datos', text: 'En todos los sistemas donde están, salvo lo que la ley obliga a conservar.' },
      restriction: { title: 'Limitar el uso de mis datos', text: 'Los guardamos y no hacemos nada más con ellos.' },
      portability: { title: 'Llevarme mis datos', text: 'En un formato que otro servicio puede leer.' },
      objection: { title: 'No más publicidad', text: 'Dejamos de escribirte con fines comerciales, desde ese momento.' },
    },
    email: 'Tu correo electrónico',
    emailHint: 'El que nos diste. Ahí te enviamos un enlace para confirmar que eres tú.',
    emailWrong: 'Esto no es una dirección de correo. Escríbela entera, por ejemplo: nombre@ejemplo.es',
    field: 'Qué hay que corregir',
    fields: { name: 'Nombre', email: 'Correo electrónico', phone: 'Teléfono', address: 'Dirección', other: 'Otra cosa' },
    old: 'Qué pone ahora (si lo sabes)',
    new: 'Qué tiene que poner',
    newMissing: 'Escribe qué tiene que poner.',
    send: 'Enviar la solicitud',
    back: 'Otra solicitud',
    sent: 'Hemos enviado un enlace a la dirección que has escrito. Ábrelo para confirmar la solicitud. Si no llega en unos minutos, mira en el correo no deseado.',
    tooMany: 'Ahora mismo llegan demasiadas solicitudes. Vuelve a intentarlo dentro de una hora.',
    failed: 'No hemos podido enviar el correo. Vuelve a intentarlo más tarde; tu solicitud no se ha guardado.',
    confirm: 'Sí, confirmo mi solicitud',
    confirmText: 'Confirma que has sido tú quien la ha enviado.',
    confirmed: 'Confirmada. La atendemos ahora y te respondemos en el plazo de un mes.',
    deadLink: 'Este enlace ya se usó o ha caducado. Envía el formulario otra vez.',
    mailSubject: 'Confirma tu solicitud sobre tus datos',
    mailText:
      'Alguien ha pedido con esta dirección: {what}.\n\nSi has sido tú, abre este enlace y confirma (vale {days} días, una sola vez):\n{link}\n\nSi no has sido tú, no hagas nada: sin confirmación no pasa nada.\n',
  },
  it: {
    title: 'I tuoi diritti sui tuoi dati',
    intro:
      'Scegli che cosa vuoi chiedere. Non servono account né copia del documento: basta aprire un link che ti mandiamo per e-mail.',
    types: {
      access: { title: 'Una copia dei miei dati', text: 'Quali dati abbiamo, perché e chi li riceve.' },
      rectification: { title: 'Correggere un dato', text: 'Qualcosa di sbagliato o incompleto.' },
      erasure: {
        title: 'Cancellare i miei dati',
        text: 'In tutti i sistemi in cui si trovano, salvo ciò che la legge impone di conservare.',
      },
      restriction: { title: 'Limitare l’uso dei miei dati', text: 'Li conserviamo e non ne facciamo altro.' },
      portability: { title: 'Portare via i miei dati', text: 'In un formato che un altro servizio può leggere.' },
      objection: { title: 'Niente più pubblicità', text: 'Smettiamo di scriverti a fini commerciali, da subito.' },
    },
    email: 'La tua e-mail',
    emailHint: 'Quella che ci hai dato. Lì ti mandiamo un link per confermare che sei tu.',
    emailWrong: 'Questo non è un indirizzo e-mail. Scrivilo intero, per esempio: nome@esempio.it',
    field: 'Che cosa va corretto',
    fields: { name: 'Nome', email: 'E-mail', phone: 'Telefono', address: 'Indirizzo', other: 'Altro' },
    old: 'Che cosa c’è scritto adesso (se lo sai)',
    new: 'Che cosa deve esserci scritto',
    newMissing: 'Scrivi che cosa deve esserci scritto.',
    send: 'Invia la richiesta',
    back: 'Un’altra richiesta',
    sent: 'Abbiamo mandato un link all’indirizzo che hai scritto. Aprilo per confermare la richiesta. Se non arriva entro pochi minuti, guarda nella posta indesiderata.',
    tooMany: 'In questo momento arrivano troppe richieste. Riprova tra un’ora.',
    failed: 'Non siamo riusciti a mandare l’e-mail. Riprova più tardi; la tua richiesta non è stata salvata.',
    confirm: 'Sì, confermo la mia richiesta',
    confirmText: 'Conferma che l’hai inviata tu.',
    confirmed: 'Confermata. La trattiamo ora e ti rispondiamo entro un mese.',
    deadLink: 'Questo link è già stato usato o è scaduto. Invia di nuovo il modulo.',
    mailSubject: 'Conferma la tua richiesta sui tuoi dati',
    mailText:
      'Qualcuno ha chiesto con questo indirizzo: {what}.\n\nSe sei stato tu, apri questo link e conferma (vale {days} giorni, una volta sola):\n{link}\n\nSe non sei stato tu, non fare nulla: senza conferma non succede nulla.\n',
  },
  fr: {
    title: 'Vos droits sur vos données',
    intro:
      'Choisissez ce que vous voulez demander. Ni compte ni copie de pièce d’identité : il suffit d’ouvrir un lien que nous vous envoyons par e-mail.',
    types: {
      access: { title: 'Une copie de mes données', text: 'Quelles données nous avons, pourquoi et qui les reçoit.' },
      rectification: { title: 'Corriger une donnée', text: 'Quelque chose de faux ou d’incomplet.' },
      erasure: {
        title: 'Effacer mes données',
        text: 'Dans tous les systèmes où elles se trouvent, sauf ce que la loi oblige à conserver.',
      },
      restriction: { title: 'Limiter l’usage de mes données', text: 'Nous les gardons et n’en faisons rien d’autre.' },
      portability: { title: 'Emporter mes données', text: 'Dans un format qu’un autre service sait lire.' },
      objection: { title: 'Plus de publicité', text: 'Nous cessons de vous écrire à des fins commerciales, dès maintenant.' },
    },
    email: 'Votre adresse e-mail',
    emailHint: 'Celle que vous nous avez donnée. Nous y envoyons un lien pour confirmer que c’est vous.',
    emailWrong: 'Ce n’est pas une adresse e-mail. Écrivez-la en entier, par exemple : nom@exemple.fr',
    field: 'Ce qu’il faut corriger',
    fields: { name: 'Nom', email: 'E-mail', phone: 'Téléphone', address: 'Adresse', other: 'Autre chose' },
    old: 'Ce qui est écrit maintenant (si vous le savez)',
    new: 'Ce qui doit être écrit',
    newMissing: 'Écrivez ce qui doit être écrit.',
    send: 'Envoyer la demande',
    back: 'Une autre demande',
    sent: 'Nous avons envoyé un lien à l’adresse que vous avez écrite. Ouvrez-le pour confirmer la demande. S’il n’arrive pas dans quelques minutes, regardez dans les indésirables.',
    tooMany: 'Trop de demandes arrivent en ce moment. Réessayez dans une heure.',
    failed: 'Nous n’avons pas pu envoyer l’e-mail. Réessayez plus tard ; votre demande n’a pas été gardée.',
    confirm: 'Oui, je confirme ma demande',
    confirmText: 'Confirmez que c’est bien vous qui l’avez envoyée.',
    confirmed: 'Confirmée. Nous la traitons maintenant et vous répondons dans le délai d’un mois.',
    deadLink: 'Ce lien a déjà servi ou a expiré. Envoyez le formulaire à nouveau.',
    mailSubject: 'Confirmez votre demande sur vos données',
    mailText:
      'Quelqu’un a demandé avec cette adresse : {what}.\n\nSi c’est vous, ouvrez ce lien et confirmez (valable {days} jours, une seule fois) :\n{link}\n\nSi ce n’est pas vous, ne faites rien : sans confirmation, rien ne se passe.\n',
  },
  en: {
    title: 'Your rights over your data',
    intro:
      'Choose what you want to ask for. No account and no copy of an identity card: you only open a link that we send you by e-mail.',
    types: {
      access: { title: 'A copy of my data', text: 'What we hold about you, why, and who receives it.' },
      rectification: { title: 'Correct something', text: 'Something that is wrong or incomplete.' },
      erasure: { title: 'Erase my data', text: 'In every system that holds it, save what the law makes us keep.' },
      restriction: { title: 'Restrict the use of my data', text: 'We store it and do nothing else with it.' },
      portability: { title: 'Take my data along', text: 'In a format that another service can read.' },
      objection: { title: 'No more marketing', text: 'We stop writing to you for marketing, from that moment on.' },
    },
    email: 'Your e-mail address',
    emailHint: 'The one you gave us. We send a link there to confirm that it is you.',
    emailWrong: 'This is not an e-mail address. Write the whole of it, such as name@example.org',
    field: 'What must be corrected',
    fields: { name: 'Name', email: 'E-mail address', phone: 'Telephone', address: 'Address', other: 'Something else' },
    old: 'What it says now (if you know)',
    new: 'What it must say',
    newMissing: 'Write what it must say.',
    send: 'Send the request',
    back: 'Another request',
    sent: 'We have sent a link to the address that you wrote. Open it to confirm the request. If it does not come within minutes, look among your spam.',
    tooMany: 'Too many requests are coming in at the moment. Please try again in an hour.',
    failed: 'We could not send the e-mail. Please try again later; your request was not kept.',
    confirm: 'Yes, I confirm my request',
    confirmText: 'Confirm that it was you who sent it.',
    confirmed: 'Confirmed. We are working on it now and answer within one month.',
    deadLink: 'This link was used before or has expired. Send the form again.',
    mailSubject: 'Confirm your request about your data',
    mailText:
      'Somebody asked with this address: {what}.\n\nIf it was you, open this link and confirm (good for {days} days, once):\n{link}\n\nIf it was not you, do nothing: without your confirmation nothing happens.\n',
  },
};
