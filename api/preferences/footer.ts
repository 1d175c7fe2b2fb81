import { type PageLanguage, pageLanguages } from './words.ts';

const words: Readonly<Record<PageLanguage, string>> = {
  es: 'Para no recibir más publicidad, o elegir cuál:',
  it: 'Per non ricevere più pubblicità, o scegliere quale:',
  fr: 'Pour ne plus recevoir de publicité, ou choisir laquelle :',
  en: 'To get no more advertising, or to choose which:',
};

/** The line of a mail before the link to the person's own preference page; English when their language is none of ours. */
export function footer(language: string | null): string {
  const known = pageLanguages.find((one) => one === language);
  return words[known ?? 'en'];
}
