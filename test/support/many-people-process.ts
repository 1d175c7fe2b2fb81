import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * A vendor of many people of about 1 KB each, listed by offset, in a process of its own. It keeps a ledger of what it was asked for:
 * GET /ledger answers when each page was asked, in ms, by offset.
 */
const [records = 0, pauseMs = 0] = process.argv.slice(2).map(Number);
const rest = `"born":"1980-02-01","addresses":[{"town":"Madrid","country":"ES"}],"padding":"${'x'.repeat(700)}"}`;
/** JSON by hand, so that the vendor takes little of the processors that it shares with the worker under test. */
const person = (i: number): string =>
  `{"id":${i},"first_name":"Ana ${i}","last_name":"Ruiz ${i % 977}","email":"ana.${i}@example.test","mobile":"+34600${String(i).padStart(6, '0')}","updated_at":"${new Date(1.7e12 + i).toISOString()}",${rest}`;

const ledger: [offset: number, atMs: number][] = [];

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://vendor');
  response.setHeader('content-type', 'application/json');
  if (pathname === '/ledger') {
    response.end(JSON.stringify(ledger));
    return;
  }
  const offset = Number(searchParams.get('offset'));
  ledger.push([offset, performance.now()]);
  const length = Math.max(0, Math.min(Number(searchParams.get('limit')), records - offset));
  const answer = (): void => {
    response.end(`{"data":[${Array.from({ length }, (_, place) => person(offset + place)).join(',')}]}`);
  };
  if (pauseMs === 0) answer();
  else void wait(pauseMs).then(answer);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit(0));
