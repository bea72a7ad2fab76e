// What the agents answer and tell: API, live stream, reports, probes.

import { rising } from '../../look/colours.ts'
import { adminSeconds, liveSeconds } from '../../look/limits.ts'
import { events, lines } from '../../panels/graphs.ts'
import { noEvent, range } from '../../queries/query.ts'
import { agent } from '../../queries/selectors.ts'
import { counted, perSecond, share } from './shared.ts'

const pushing = { mayBeEmpty: 'Pushing to Grafana is off unless it is configured.' }

export const faces = [
  lines({
    title: 'Admin API',
    what: 'What 99% of the requests do not exceed, by route.',
    whenBad: 'promised are 100 ms: a slow route with a fast store is the event loop.',
    width: 8,
    unit: 's',
    steps: rising(adminSeconds, 5 * adminSeconds),
    limits: true,
    noValue: 'nobody asked',
    queries: [range('{{route}}', `topk(10, ${share(0.99, 'linda_admin_request_seconds', 'route')})`)],
  }),
  events({
    title: 'Requests that went wrong',
    what: 'Requests of the admin API that were answered with 4xx or 5xx, and callers that were refused, by why.',
    whenBad:
      'bad-token and locked-out in numbers are an attack or a script with an old token: see AdminRefused.',
    width: 8,
    unit: 'short',
    noValue: 'none',
    queries: [
      range(
        '{{status}}',
        counted('status', 'linda_admin_request_seconds_count', 'status=~"[45].."'),
        noEvent('Every request was answered well'),
      ),
      range('refused: {{why}}', counted('why', 'linda_admin_refused_total'), noEvent('Nobody was refused')),
    ],
  }),
  lines({
    title: 'Live stream',
    what: 'Readers by transport, frames per second, and requests to the live stream of Grafana where that is on.',
    whenBad: 'readers that come and go are slow: see those sent away.',
    width: 8,
    unit: 'short',
    noValue: 'no reader',
    queries: [
      range('readers by {{transport}}', `sum by (transport) (${agent('linda_live_clients')})`),
      range('frames by {{transport}}', perSecond('transport', 'linda_live_frames_total'), {
        mayBeEmpty: 'Nobody has read the stream.',
      }),
      range('pushes to Grafana: {{outcome}}', perSecond('outcome', 'linda_grafana_pushes_total'), pushing),
    ],
  }),
  lines({
    title: 'Live delay',
    what: 'Time from an event until it was written to every reader, or Grafana has taken it, 99%; readers that were sent away and changes that Grafana was not told.',
    whenBad: 'promised is one second on the screen: a busy event loop, or too many readers.',
    width: 8,
    unit: 's',
    steps: rising(liveSeconds / 2, liveSeconds),
    noValue: 'no reader',
    overrides: [
      {
        matcher: { id: 'byRegexp', options: '/sent away/' },
        properties: [
          { id: 'unit', value: 'short' },
          { id: 'custom.axisPlacement', value: 'right' },
        ],
      },
    ],
    queries: [
      range('99%', share(0.99, 'linda_live_delay_seconds', 'instance'), {
        mayBeEmpty: 'Nobody has read the stream.',
      }),
      range(
        'sent away: {{why}}',
        counted('why', 'linda_live_dropped_total'),
        noEvent('No reader was sent away'),
      ),
      range('99% to Grafana', share(0.99, 'linda_grafana_push_delay_seconds', 'instance'), pushing),
      range('Grafana not told, sent away: {{why}}', counted('why', 'linda_grafana_dropped_total'), pushing),
    ],
  }),
  lines({
    title: 'Reports',
    what: 'Time of making a report by type, 95%, and reports by what became of them.',
    whenBad: 'failed: `report.failed` in the log names the mail server or the history.',
    width: 8,
    unit: 's',
    noValue: 'no report yet',
    overrides: [
      {
        matcher: { id: 'byRegexp', options: '/:/' },
        properties: [
          { id: 'unit', value: 'short' },
          { id: 'custom.drawStyle', value: 'bars' },
        ],
      },
    ],
    queries: [
      range('{{type}} 95%', share(0.95, 'linda_report_seconds', 'type'), noEvent('No report was made')),
      range('{{type}}: {{outcome}}', counted('type, outcome', 'linda_reports_total'), {
        mayBeEmpty: 'No report is sent unless a mail server is configured.',
      }),
    ],
  }),
  lines({
    title: 'Probes',
    what: 'Time until a probe of a session was answered or given up, 95%, by outcome.',
    whenBad: 'timeouts for many accounts are the network of this agent: compare the agents.',
    width: 8,
    unit: 's',
    noValue: 'no probe yet',
    queries: [
      range(
        '{{outcome}}',
        share(0.95, 'whatsapp_session_probe_seconds', 'outcome'),
        noEvent('No probe was needed'),
      ),
    ],
  }),
]
