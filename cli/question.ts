/** A question to the read API that this program sends. Made by `question` alone: production answers those of graphql/operations.json only. */
export type Question = string & { readonly of: 'ficha' };

const questions = new Set<string>();

/** Notes a question when its file is loaded, so that `npm run generate` puts it into graphql/operations.json. Its text never changes. */
export function question(text: string): Question {
  questions.add(text);
  return text as Question; // it is in the list now
}

/** Every question of the files that are loaded, in an order that does not depend on how. */
export const allQuestions = (): readonly string[] => [...questions].toSorted();
