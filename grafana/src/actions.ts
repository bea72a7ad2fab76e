// What a person may do from a panel: each action is a request through Grafana's data-source proxy to the agent, with the words that are confirmed before it is sent.

import dashboard, { type Action } from '@grafana/grafana-foundation-sdk/dashboard'

const { ActionType, HttpRequestMethod } = dashboard

/** The data source that stands for the agent's admin API; its secret is the token of Grafana. */
export const actionsUid = 'linda-actions'

/**
 * Grafana sends an action with its own session only to a path of its own, and only where `actions_allow_post_url` names it.
 * Behind it the proxy adds the token and the signed identity of whoever pressed the button.
 */
const actionsPath = `/api/datasources/proxy/uid/${actionsUid}`

/** What `GF_SECURITY_ACTIONS_ALLOW_POST_URL` must be: a glob in which `*` goes over slashes. */
export const allowedActions = `${actionsPath}/*`

/** How an action names its account: by a dashboard variable that holds one account, never `All`. */
export function byVariable(name = 'account'): string {
  return `\${${name}}`
}

/** How an action names its account: by a field of the row that it was pressed in, as the table displays the field's name. */
export function byField(name = 'account'): string {
  return /^\w+$/.test(name) ? `\${__data.fields.${name}}` : `\${__data.fields["${name}"]}`
}

interface Deed {
  title: string
  /** Asked before it is sent; `{account}` is the account. */
  question: string
  method: 'POST' | 'PUT'
  /** Below `/api`, which is where the data source points. */
  path: string
  body: object
}

/** The name of a deed is what a panel asks for; the paths are those of docs/openapi.json. */
export const deeds = {
  resetQr: {
    title: 'Reset QR',
    question: 'Begin a new pairing of {account}? Somebody with its phone must scan the new code.',
    method: 'POST',
    path: '/dashboard/quick-actions/{account}/reset-qr',
    body: {},
  },
  checkNow: {
    title: 'Check now',
    question: 'Ask the session of {account} for a sign of life?',
    method: 'POST',
    path: '/health/check',
    body: { phoneNumber: '{account}' },
  },
  drain: {
    title: 'Drain',
    question: 'Give {account} no new conversations? Those that it has go on.',
    method: 'PUT',
    path: '/accounts/{account}/mode',
    body: { mode: 'draining', why: 'asked in Grafana' },
  },
  putBack: {
    title: 'Put back',
    question: 'Let {account} take new conversations again?',
    method: 'PUT',
    path: '/accounts/{account}/mode',
    body: { mode: 'up', why: 'asked in Grafana' },
  },
  failOver: {
    title: 'Fail over',
    question: 'Give the work of {account} to another account of its pool?',
    method: 'POST',
    path: '/failovers',
    body: { from: '{account}', kind: 'planned' },
  },
  clearDamping: {
    title: 'Clear damping',
    question: 'End the time out of {account} after its failovers, so that it is in service again?',
    method: 'POST',
    path: '/failovers/clear',
    body: { account: '{account}' },
  },
} as const satisfies Record<string, Deed>

export type DeedName = keyof typeof deeds

/** @param account how the account is named: `byVariable()` or `byField()` */
export function action(name: DeedName, account: string): Action {
  const { title, question, method, path, body }: Deed = deeds[name]
  const named = (text: string): string => text.replaceAll('{account}', account)
  // Grafana puts the value in before it sends the text, so that quotation marks of a reference do not end the JSON around it.
  return {
    type: ActionType.Fetch,
    title,
    confirmation: named(question),
    oneClick: false,
    fetch: {
      method: HttpRequestMethod[method],
      url: `${actionsPath}${named(path)}`,
      body: named(JSON.stringify(body)),
      queryParams: [],
      headers: [['Content-Type', 'application/json']],
    },
  }
}

/** For a table: the properties of an override of the field whose cells become buttons. */
export function cellActions(names: readonly DeedName[], account = byField()) {
  return [
    { id: 'custom.cellOptions', value: { type: 'actions' } },
    { id: 'custom.filterable', value: false },
    { id: 'actions', value: names.map((name) => action(name, account)) },
  ]
}
