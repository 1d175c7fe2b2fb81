import type { ServerResponse } from 'node:http';

/** How a hostile or broken vendor answers. */
export type HostileAnswer = 'redirect' | 'huge' | 'deep' | 'drip' | 'truncated' | 'html' | 'next-link';

const endless = (response: ServerResponse, chunk: string, everyMs: number): void => {
  const send = (): void => {
    if (response.destroyed) return;
    if (everyMs > 0) {
      response.write(chunk);
      setTimeout(send, everyMs).unref();
    } else if (response.write(chunk)) setImmediate(send);
    else response.once('drain', send);
  };
  send();
};

/** Answers as a hostile vendor does; `elsewhere` is the other host that it points to. */
export function answerHostile(kind: HostileAnswer, response: ServerResponse, elsewhere: string): void {
  const json = { 'content-type': 'application/json' };
  switch (kind) {
    case 'redirect':
      response.writeHead(302, { location: `${elsewhere}/stolen` }).end();
      return;
    case 'next-link':
      response.writeHead(200, { ...json, link: `<${elsewhere}/stolen>; rel="next"` }).end('{}');
      return;
    case 'huge':
      response.writeHead(200, json);
      response.write('{"results":["');
      endless(response, 'x'.repeat(256 * 1024), 0);
      return;
    case 'deep':
      response.writeHead(200, json).end(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
      return;
    case 'drip':
      response.writeHead(200, json);
      endless(response, ' ', 50);
      return;
    case 'truncated':
      response.writeHead(200, json).end('{"results":[{"id":"1"');
      return;
    case 'html':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body>Bad gateway</body></html>');
  }
}
