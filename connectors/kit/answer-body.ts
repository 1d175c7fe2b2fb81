import type { Readable } from 'node:stream';
import { FichaError } from '../../domain/record/error.ts';

const deepest = 200;

const backslash = 92;

/** Behind the quote that ends the text which begins at `from`; the end when it is cut. */
function afterText(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash && end - 1 - slashes >= from) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Brackets inside brackets, in O(n), without recursion: what is deeper would end the process in a later step. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    i += 1;
    if (code === 34) i = afterText(text, i);
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > most) most = depth;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return most;
}

/** The whole body of an answer, at most `maxBytes`; a larger one is cut off while it arrives. */
export async function readBody(body: Readable, maxBytes: number, systemId: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      body.destroy();
      throw new FichaError(
        'answer-too-large',
        `${systemId}: an answer is larger than ${maxBytes} bytes (server.maxBytes); it was not read`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * JSON where the answer says or looks it, else the text; undefined when empty.
 * @throws FichaError `answer-not-json` for cut or broken JSON, `answer-too-deep`
 */
export function parsedBody(text: string, contentType: string, systemId: string): unknown {
  if (text.trim() === '') return undefined;
  if (!/json/i.test(contentType) && !/^\s*[[{]/.test(text)) return text;
  if (depthOf(text) > deepest) {
    throw new FichaError('answer-too-deep', `${systemId}: an answer nests deeper than ${deepest}; it was not read`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new FichaError('answer-not-json', `${systemId}: an answer should be JSON and is cut or broken`, { retry: 'later' });
  }
}
