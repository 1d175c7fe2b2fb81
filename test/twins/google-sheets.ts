import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { TwinAnswer } from './kit/twin.ts';
import { vendorSpec } from './kit/openapi-check.ts';
import type { Handler, VendorRequest } from './kit/twin-http.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { emptyState, type SheetsState, shownGrid } from './google-sheets/grid.ts';

export interface GoogleSheetsTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly (readonly string[])[];
}

export interface GoogleSheetsTwin extends VendorTwin<SheetsState> {
  readonly privateKey: string;
  readonly serviceAccount: string;
  readonly spreadsheet: string;
  readonly tokenUrl: string;
  /** Parts of paths that the account may not call. */
  readonly lacking: Set<string>;
  /** The token that was given last is good no more. */
  endToken(): void;
}

interface Context {
  readonly state: SheetsState;
  note(verb: string, subject: string): void;
}

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const failure = (code: number, status: string): TwinAnswer => ({
  status: code,
  body: { error: { code, status, message: status } },
});

/** RFC 7523: a token for a signed assertion. */
function tokenFor(state: SheetsState, { body }: VendorRequest): TwinAnswer {
  const [head = '', claims = '', signature = ''] = String(body['assertion'] as string).split('.');
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    createPublicKey(pair.publicKey),
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) return { status: 400, body: { error: 'invalid_grant' } };
  state.tokens += 1;
  return { status: 200, body: { access_token: `ya29.${state.tokens}`, expires_in: 3_600, token_type: 'Bearer' } };
}

function writeCells({ state, note }: Context, { body }: VendorRequest): TwinAnswer {
  for (const { range, values } of body['data'] as readonly { readonly range: string; readonly values: string[][] }[]) {
    const [, letter = 'A', number = '1'] = /!([A-Z])(\d+)$/.exec(range) ?? [];
    const row = state.grid[Number(number) - 1];
    note('write', `row ${number}`);
    if (row === undefined) continue;
    if (state.deaf > 0) {
      state.deaf -= 1;
      continue;
    }
    const place = letter.charCodeAt(0) - 65;
    while (row.length <= place) row.push('');
    row[place] = values[0]?.[0] ?? '';
  }
  return { status: 200, body: {} };
}

function deleteRows({ state, note }: Context, { body }: VendorRequest): TwinAnswer {
  const requests = body['requests'] as readonly {
    readonly deleteDimension: { readonly range: { readonly startIndex: number; readonly endIndex: number } };
  }[];
  for (const { deleteDimension } of requests) {
    const { startIndex, endIndex } = deleteDimension.range;
    state.history.push(...state.grid.splice(startIndex, endIndex - startIndex));
    note('delete', `row ${startIndex + 1}`);
  }
  return { status: 200, body: { replies: requests.map(() => ({})) } };
}

const routes = (context: Context): Readonly<Record<string, Handler>> => ({
  'GET /v4/spreadsheets/{id}/values:batchGet': () => ({
    status: 200,
    body: { valueRanges: [{ values: shownGrid(context.state) }] },
  }),
  'GET /v4/spreadsheets/{id}/values/{range}': () => ({ status: 200, body: { values: shownGrid(context.state) } }),
  'POST /v4/spreadsheets/{id}/values:batchUpdate': (request) => writeCells(context, request),
  'POST /v4/spreadsheets/{id}:batchUpdate': (request) => deleteRows(context, request),
  'GET /v4/spreadsheets/{id}': () => ({
    status: 200,
    body: { properties: { title: 'People' }, sheets: [{ properties: { sheetId: 7, title: 'Sheet1' } }] },
  }),
});

/** A stand-in of one spreadsheet: places that shift, empty ends left out, a version history, and tokens for signed assertions. */
export async function startGoogleSheetsTwin(options: GoogleSheetsTwinOptions = {}): Promise<GoogleSheetsTwin> {
  const lacking = new Set<string>();
  const state = emptyState();
  let ended = 0;
  const twin = await startVendorTwin<SheetsState>({
    port: options.port,
    memory: options.memory,
    spec: vendorSpec('google-sheets.json'),
    state,
    refuse: (request) => {
      if (request.path === '/token') return tokenFor(state, request);
      const good = state.tokens > ended && request.headers['authorization'] === `Bearer ya29.${state.tokens}`;
      if (!good) return failure(401, 'UNAUTHENTICATED');
      return [...lacking].some((part) => request.path.includes(part)) ? failure(403, 'PERMISSION_DENIED') : undefined;
    },
    routes,
  });
  if (state.grid.length === 1) for (const row of options.seed ?? []) state.grid.push([...row]);
  return {
    ...twin,
    privateKey: pair.privateKey,
    serviceAccount: 'ficha@twin.iam.gserviceaccount.com',
    spreadsheet: 'sheet-of-people',
    tokenUrl: `${twin.url}/token`,
    lacking,
    endToken: () => {
      ended = state.tokens;
    },
  };
}
