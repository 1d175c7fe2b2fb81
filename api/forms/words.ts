import type { PageLanguage } from '../preferences/words.ts';
import type { Wrong } from './submission.ts';

interface FormWords {
  readonly title: string;
  readonly thanks: string;
  readonly notTaken: string;
  readonly back: string;
  readonly wrong: Readonly<Record<Wrong | 'too-many', string>>;
}

export const formWords: Readonly<Record<PageLanguage, FormWords>> = {
  es: {
    title: 'Gracias',
    thanks: 'Hemos recibido su mensaje.',
    notTaken: 'No hemos recibido su mensaje',
    back: 'Vuelva a la página anterior y corríjalo.',
    wrong: {
      unreachable: 'Indique un correo electrónico o un teléfono al que podamos responder.',
      'too-long': 'Un campo es demasiado largo.',
      'nothing-said': 'Escriba su nombre o un mensaje.',
      'too-many': 'Recibimos demasiados mensajes ahora mismo. Inténtelo más tarde.',
    },
  },
  it: {
    title: 'Grazie',
    thanks: 'Abbiamo ricevuto il suo messaggio.',
    notTaken: 'Non abbiamo ricevuto il suo messaggio',
    back: 'Torni alla pagina precedente e lo corregga.',
    wrong: {
      unreachable: 'Indichi un indirizzo e-mail o un telefono a cui possiamo rispondere.',
      'too-long': 'Un campo è troppo lungo.',
      'nothing-said': 'Scriva il suo nome o un messaggio.',
      'too-many': 'In questo momento riceviamo troppi messaggi. Riprovi più tardi.',
    },
  },
  fr: {
    title: 'Merci',
    thanks: 'Nous avons bien reçu votre message.',
    notTaken: "Nous n'avons pas reçu votre message",
    back: 'Revenez à la page précédente et corrigez-le.',
    wrong: {
      unreachable: 'Indiquez une adresse e-mail ou un téléphone où nous pouvons vous répondre.',
      'too-long': 'Un champ est trop long.',
      'nothing-said': 'Écrivez votre nom ou un message.',
      'too-many': 'Nous recevons trop de messages en ce moment. Réessayez plus tard.',
    },
  },
  en: {
    title: 'Thank you',
    thanks: 'We have received your message.',
    notTaken: 'We have not received your message',
    back: 'Go back to the page before and correct it.',
    wrong: {
      unreachable: 'Give an e-mail address or a telephone where we can answer you.',
      'too-long': 'One field is too long.',
      'nothing-said': 'Write your name or a message.',
      'too-many': 'We get too many messages right now. Try again later.',
    },
  },
};
