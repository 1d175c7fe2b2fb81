#!/usr/bin/env node
/**
 * `ficha`: runs the sources as they are, through tsx. CommonJS, because the number of libuv's threads must be set before anything is
 * loaded by them: with the usual four, six heavy queries of the embedded ClickHouse hold up every read of a file.
 */
process.env.UV_THREADPOOL_SIZE ??= '16';

// a reader that leaves early (`ficha ... | head`) is no fault
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const run = async () => {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../cli/main.ts');
};

run().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
});
