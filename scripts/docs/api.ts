// docs/api.md is made from the declared endpoints: its words are here, its tables are what the agent does.

import { problemKinds } from '../../agent/admin/contract/problems.ts'
import { endpoints, tags } from '../../agent/admin/endpoints/index.ts'
import { listSpecs } from '../../agent/admin/endpoints/lists.ts'

const head = `<!-- Made by scripts/docs/api.ts from agent/admin/endpoints. Do not edit: run \`npm run docs\`. -->

# The admin API

Every endpoint is declared once, with the shapes of what it takes and answers. From these declarations come the checks, the OpenAPI 3.1 document
([openapi.json](openapi.json), served at \`/openapi.json\`), the page \`/reference\` (no scripts, nothing from elsewhere) and the tests, which hold every answer against the document.
Neither of the two needs a token: they hold nothing of the fleet.

\`\`\`sh
export LINDA=http://127.0.0.1:8420
auth="Authorization: Bearer $(cat my.token)"
curl -sH "$auth" "$LINDA/api/dashboard/connections?filter=status:CONNECTED&fields=account,healthScore&sort=healthScore"
curl -sH "$auth" -H 'Idempotency-Key: order-4711' -d '{"pool":"sales","to":"+971501234567","text":"Your order is ready."}' "$LINDA/api/messages?wait=10s"
curl -NH "$auth" "$LINDA/api/dashboard/stream?pool=sales"
\`\`\`

## Tokens

\`linda token create NAME --role viewer|operator|admin\` makes one; it is sent as \`Authorization: Bearer TOKEN\`. A role may do what the roles before it may. Who else gets in, and how, is in [access](access.md).
A token that is limited to pools sees these pools and nothing else: accounts, messages, failovers, events, audit rows and diagnoses of others are absent from lists and sums and are 404 behind
their ids, as if they did not exist; the live stream leaves them out. What is of the whole fleet is refused with \`scope\` (the column *whole fleet* below).

## Requests

- Parameters that an endpoint does not have are refused with 400 and the names of those that it has; so is one that is given twice (the live stream's may be repeated).
- A body is JSON in UTF-8, whatever its content type says, with no other fields than the declared ones, and has at most 512 KiB.
- \`phoneNumber\` in a path is an account id or a phone, with or without its plus sign. Times are ISO 8601, durations milliseconds.
- HEAD works wherever GET does and looking has no effect.

## Request ids

Every answer has \`x-request-id\`: your own where it is 1 to 64 of \`A-Z a-z 0-9 . _ -\`, otherwise a new one. It is the \`instance\` of a problem, stands in the event \`admin.answered\` and with the log line of an internal error.
Do not put phone numbers into ids of your own: they are logged as they are.

## Errors

Every refusal is \`application/problem+json\`:

\`\`\`json
{ "type": "about:blank", "title": "unknown-account", "status": 404, "detail": "no account has the id or phone \\"nobody\\"", "instance": "deploy-42" }
\`\`\`

\`title\` is the code and stays; \`detail\` is for people and may change. 503 and 429 carry \`retry-after\` where a time is known.

`

const lists = `
## Lists

Every list of the table below takes the same parameters, beside its own older ones (\`pool\`, \`account\`, \`state\`, \`before\`, \`since\`, ...), which go on working:

| parameter | |
|---|---|
| \`filter\` | terms that must all hold, see below |
| \`sort\` | one of the list's orders; with a minus the largest comes first. What is not known comes last; \`place\` is the order of the configuration |
| \`limit\` | rows of one answer at most |
| \`cursor\` | goes on after an earlier answer, with the same filter and sort |
| \`fields\` | only these fields of each row, with commas between them |

A pool or an account in \`pool\` or \`account\` that neither the configuration nor the store knows is a 404, never an empty list; in a \`filter\` it is a word that nothing matches.

The next page is \`nextCursor\` of the answer, and as an address in the header \`link\` with \`rel="next"\`; both are absent or null on the last page. A cursor is opaque. Rows that do not change while you page are neither repeated nor left out.

### Filters

Terms stand side by side with blanks between them, and all must hold. At most 1,000 characters, 20 terms, 100 values of a field, 100 characters in a value.

| term | holds where |
|---|---|
| \`status:CONNECTED,PAIRING\` | the field is one of these; words such as a status may be written in any case |
| \`-pool:sales\` | the term without its minus does not hold; also where the field is not known |
| \`account:uae-*\`, \`*-1\`, \`*ae*\` | the text begins, ends or contains; case matters |
| \`nextAlert:*\` | the field is known |
| \`healthScore:<80\`, \`<=\`, \`>\`, \`>=\`, \`60..80\`, \`..80\`, \`80..\` | numbers; both ends of a range are in it |
| \`lastActivity:2026-11-20..2026-11-21\` | times: a moment such as \`2026-11-20T21:00:00Z\`, or a day in UTC, which is all of it |
| \`open:true\` | yes or no |
| \`"free text"\`, \`word\` | some field of text contains it, whatever the case of its ASCII letters |

A value with blanks, commas or stars that are meant as they are is quoted: \`note:"a, b"\`, with \`\\"\` and \`\\\\\` inside. Regular expressions are not taken. A mistake is a 400 that names the place, what was found and what there is:

\`\`\`
filter: at character 1: found the field "acount", allowed: account, phoneNumber, pool, ...; did you mean account?
\`\`\`

Filters of messages, failovers, audit rows and deliveries are answered by the store; the others are held against what is in memory. Of events at most 10,000 are looked at for one answer: a page may be short, or empty, and there is more as long as there is a \`nextCursor\`.

`

const etags = `
## ETags

Answers marked *ETag* below carry a weak one and \`cache-control: private, no-cache\`; with \`If-None-Match\` the answer is 304 without a body. Where values change with every look
it would be of no use and is left out: a connection has an uptime, so the list of connections has an ETag only where \`fields\` leaves \`uptime\` out.

## How fresh an answer is

Answers marked *kept* are made once for all who see the same pools and ask the same in the same moment: each is kept for twenty times as long as making it took, and for a second at most, so that a fleet of 1,000 accounts can be asked
a thousand times a second. A change of a session, a pairing, a score, a diagnosis, a mode, the routing or a failover ends them at once; only uptimes, times of the last activity and numbers of messages under way may be that much behind.

`

export function render(): string {
  return [head, problemTable(), lists, listTable(), etags, endpointTables()].join('')
}

function problemTable(): string {
  const rows = Object.entries(problemKinds).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status.join(', ')} | ${meaning} |\n`,
  )
  return `| code | status | meaning |\n|---|---|---|\n${rows.join('')}`
}

function listTable(): string {
  const rows = Object.entries(listSpecs).map(([path, { filters, sorts, limit }]) => {
    const names = (all: readonly string[]): string => all.map((name) => `\`${name}\``).join(', ')
    return `| \`${path}\` | ${names(Object.keys(filters))} | ${names(sorts)} | ${limit.usual}, ${limit.most} |\n`
  })
  return `| list | fields of the filter | orders, the usual one first | limit: usual, most |\n|---|---|---|---|\n${rows.join('')}`
}

function endpointTables(): string {
  const sections = Object.entries(tags).map(([tag, about]) => {
    const rows = endpoints
      .filter((e) => e.tag === tag)
      .map((e) => {
        const marks = [
          e.scope === 'fleet' ? 'whole fleet' : '',
          e.etag ? 'ETag' : '',
          e.kept ? 'kept' : '',
          e.stream ? 'stream' : '',
        ]
        const role = e.role === 'open' ? 'no token' : e.role
        return `| \`${e.method.toUpperCase()} ${e.path}\` | ${role} | ${e.summary} | ${marks.filter(Boolean).join(', ')} |\n`
      })
    return `### ${tag}\n\n${about}\n\n| endpoint | role | | |\n|---|---|---|---|\n${rows.join('')}`
  })
  return `## Endpoints\n\n${sections.join('\n')}`
}
