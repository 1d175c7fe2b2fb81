/** The same things, each made while the one before it is worked on. At most one is ahead; an error comes at its own place. */
export async function* readAhead<Thing>(things: AsyncIterable<Thing>): AsyncGenerator<Thing> {
  const iterator = things[Symbol.asyncIterator]();
  const make = (): Promise<IteratorResult<Thing>> => {
    const result = iterator.next();
    result.catch(() => undefined); // thrown where it is awaited, below
    return result;
  };
  let next = make();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done === true) return;
      next = make();
      yield value;
    }
  } finally {
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}
