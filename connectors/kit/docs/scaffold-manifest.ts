/** A manifest that does everything against the scaffolded twin: change it until it says what the vendor's pages say. */
export const manifestTemplate = (
  name: string,
  title: string,
  schema = '../../schemas/connector/manifest.schema.json',
): string => `# yaml-language-server: $schema=${schema}
name: ${name}
title: ${title}
version: 1
vendor: { docs: "https://docs.example.com/api", region: [eu] }
config:
  type: object
  properties: { url: { type: string, format: uri, description: "Address of the API" } }
  required: [url]
  additionalProperties: false
secrets: [token]
auth: { kind: bearer, secret: token }
server: { url: "{config.url}" }
limits: [{ window: 10000/s, signal: { status: 429, header: retry-after, unit: s, pause: 5s } }]
check: { request: GET /people, query: { limit: 1 } }
entities:
  person:
    list:
      request: GET /people
      query: { limit: "{page.size}", after: "{page.token}", since: "{cursor}" }
      page: { kind: cursor, size: 50, next: next }
      select: people
      cursor: { field: updatedAt, lookback: 5m }
    tombstones: { request: GET /people/deleted, page: { kind: none }, select: people, id: id }
    id: id
    changedAt: updatedAt
    shape: { id: [string], email: [string, "null"], updatedAt: [string] }
    map: { givenName: firstName, familyName: lastName, emails: email }
    get: { request: "GET /people/{id}" }
    personal:
      - { field: email, category: contact }
      - { field: firstName, category: identity }
      - { field: lastName, category: identity }
lookup: [{ by: email, kind: person, request: GET /people, query: { email: "{identifier}" }, normalise: lower, select: people, id: id, confirm: email }]
consent:
  - entity: person
    channel: email
    purpose: marketing
    read: mailing
    values: { "yes": granted, "no": denied }
    suppress: [{ request: "PATCH /people/{id}", json: { mailing: "no" } }]
    unsuppress: [{ request: "PATCH /people/{id}", json: { mailing: "yes" } }]
erase: { person: { mode: hard, steps: [{ request: "DELETE /people/{id}" }], residue: [] } }
verify: { person: { request: GET /people, query: { ids: "{id}" }, select: people } }
`;

/** What the manifest says, in the other languages. */
export const textsTemplate = `# yaml-language-server: $schema=../../schemas/connector/connector-texts.schema.json
texts:
  'Address of the API':
    es: 'Dirección de la API'
    it: "Indirizzo dell'API"
    fr: "Adresse de l'API"
`;

export const readmeTemplate = (title: string): string => `# ${title}

What it reads and writes, its one rule, and what of the vendor was not checked yet. The vendor's traps belong here, each with a link to the
vendor's page and the day on which it was read.
`;
