/** The same pages, each fetched while the one before it is stored. At most one page is ahead; an error comes at its own place. */
export async function* readAhead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  const fetch = (): Promise<IteratorResult<Page>> => {
    const result = iterator.next();
    result.catch(() => undefined); // thrown where it is awaited, below
    return result;
  };
  let next = fetch();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done === true) return;
      next = fetch();
      yield value;
    }
  } finally {
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}
