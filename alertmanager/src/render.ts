// The text of alertmanager.yml; a variant with other addresses and times is the same file for a test that cannot wait.

import { Document, isScalar, type Pair, visit, type YAMLSeq } from 'yaml'
import { alerts } from '../../prometheus/src/groups/index.ts'
import { inhibitions } from './inhibitions.ts'
import { paged } from './policy.ts'
import { inhibitRules, routesOf, shipped, type Times } from './routes.ts'
import { type Settings, settings } from './settings.ts'

export interface Variant {
  readonly settings?: Settings
  readonly times?: Times
  /** Where the templates are, from the folder of the file. */
  readonly templates?: string
}

export function renderAlertmanager({
  settings: own = settings,
  times = shipped,
  templates = 'templates/*.tmpl',
}: Variant = {}): string {
  const secret = (name: string): string => `${own.secrets.replace(/\/+$/, '')}/${name}`
  const { email, slack, pager } = own
  const webhook = (name: string, sendResolved: boolean): object => ({
    name,
    webhook_configs: [
      {
        url: `${pager.url}/v4/webhook/${name}`,
        send_resolved: sendResolved,
        // What is larger than the pager takes would be refused, and Alertmanager does not ask again.
        max_alerts: 1000,
        http_config: { authorization: { type: 'Bearer', credentials_file: secret('pager.token') } },
      },
    ],
  })
  const config = {
    global: {
      // Prometheus says when an alert is over; this is only for senders that do not.
      resolve_timeout: '5m',
      slack_api_url_file: secret('slack.url'),
      smtp_from: email.from,
      smtp_smarthost: email.smarthost,
      ...(email.username === null
        ? {}
        : { smtp_auth_username: email.username, smtp_auth_password_file: secret('smtp.password') }),
      smtp_require_tls: email.require_tls,
    },
    templates: [templates],
    route: routesOf(alerts, times),
    inhibit_rules: inhibitRules(alerts, inhibitions),
    receivers: [
      {
        name: 'slack',
        slack_configs: [
          {
            channel: slack.channel,
            send_resolved: true,
            title: '{{ template "linda.slack.title" . }}',
            title_link: '{{ template "linda.slack.link" . }}',
            text: '{{ template "linda.slack.text" . }}',
            fallback: '{{ template "linda.slack.title" . }}',
            color: '{{ template "linda.slack.color" . }}',
            footer: '',
          },
        ],
      },
      {
        name: 'email',
        email_configs: [
          {
            to: email.to.join(', '),
            send_resolved: true,
            headers: { Subject: '{{ template "linda.title" . }}' },
            html: '{{ template "linda.email.html" . }}',
            text: '{{ template "linda.email.text" . }}',
          },
        ],
      },
      ...paged.map((channel) => webhook(channel, true)),
      webhook('heartbeat', false),
    ],
  }
  const document = new Document(config, { aliasDuplicateObjects: false })
  // Lists of labels read better on one line.
  visit(document, {
    Pair(_, pair) {
      const { key, value } = pair as Pair<unknown, YAMLSeq>
      if (isScalar(key) && value && /^(group_by|equal)$/.test(String(key.value))) value.flow = true
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
