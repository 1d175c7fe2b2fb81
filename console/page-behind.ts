interface Route {
  readonly method: string;
  readonly path: string;
}

const fits = (pattern: string, path: string): boolean => {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, place) => part.startsWith(':') || part === given[place]);
};

/**
 * The page that a form was sent from, for an address that only takes forms: what a reload, a bookmark or another language asks for after
 * the form was answered in place. Undefined when no form goes there.
 */
export function pageBehind(routes: readonly Route[], path: string): string | undefined {
  const takesForm = routes.some((route) => route.method === 'POST' && !route.path.includes('*') && fits(route.path, path));
  return takesForm ? path.slice(0, path.lastIndexOf('/')) : undefined;
}
